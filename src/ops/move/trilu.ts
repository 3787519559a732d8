/** Trilu: matrices of which the elements on one side of a diagonal are kept, and all others are zero. */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, shapeText, zeros } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { keptBound } from '../lib/bounded.ts';
import { operand, tensorAt } from '../lib/operands.ts';

/** The type and shape of x. Throws ShapeError on what is no matrix, or a diagonal that is not one integer. */
export const trilu: OpDefinition<'Trilu'> = {
  infer: (_node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    const k = operand(inputs, 1);
    if (shape.length < 2) throw new ShapeError(`${shapeText(shape)} is no matrix`);
    if ((k.dtype !== 'int64' && k.dtype !== 'int32') || elementCount(k.shape) !== 1) {
      throw new ShapeError(`the diagonal is one integer, not ${k.dtype} ${shapeText(k.shape)}`);
    }
    return [{ dtype, shape }];
  },
  // Rows and columns are counted from the front.
  bounded: keptBound,
  reference: ({ attributes: { upper } }, inputs) => {
    const x = tensorAt(inputs, 0);
    const k = at(tensorAt(inputs, 1).data, 0);
    const y = zeros(x.dtype, x.shape);
    const [rows, columns] = [at(x.shape, x.shape.length - 2), at(x.shape, x.shape.length - 1)];
    for (let i = 0; i < y.data.length; i++) {
      const diagonal = (i % columns) - (Math.floor(i / columns) % rows);
      if (upper ? diagonal >= k : diagonal <= k) y.data[i] = x.data[i] ?? 0;
    }
    return [y];
  },
};
