/** Range: start, start + delta, … up to but not including limit. */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, zeros } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { knownInts, operand, tensorAt } from '../lib/operands.ts';

/** How many elements the range has. Throws ShapeError on a zero or non-finite step, or too many elements. */
function rangeLength(start: number, limit: number, delta: number): number {
  const n = Math.max(0, Math.ceil((limit - start) / delta));
  if (delta === 0 || Number.isNaN(n)) throw new ShapeError(`no range from ${start} to ${limit} by ${delta}`);
  return elementCount([n]);
}

/** One dimension, of the bounds' type. Throws ShapeError on bounds that are not known or a step that leads nowhere. */
export const range: OpDefinition<'Range'> = {
  infer: (_node, inputs) => {
    const { dtype } = operand(inputs, 0);
    // Despite its name knownInts gives the elements of floats unrounded, too.
    const bounds = [0, 1, 2].map((i) => {
      const found = knownInts(inputs, i, 'a bound of the range');
      if (operand(inputs, i).dtype !== dtype || found.length !== 1)
        throw new ShapeError(`bounds must be ${dtype} scalars`);
      return at(found, 0);
    });
    return [{ dtype, shape: [rangeLength(at(bounds, 0), at(bounds, 1), at(bounds, 2))] }];
  },
  shapeInputs: [0, 1, 2],
  reference: (_node, inputs) => {
    const { dtype } = tensorAt(inputs, 0);
    const scalar = (i: number): number => at(tensorAt(inputs, i).data, 0);
    const [start, limit, delta] = [scalar(0), scalar(1), scalar(2)];
    const y = zeros(dtype, [rangeLength(start, limit, delta)]);
    for (let i = 0; i < y.data.length; i++) y.data[i] = start + i * delta;
    return [y];
  },
};
