/** CumSum: the sums of all elements up to each along an axis, or from each on. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { isFloat } from '../../core/dtype.ts';
import { isNarrowed, requireHeld } from '../../core/extremes.ts';
import { ShapeError } from '../../core/errors.ts';
import { zeros } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';

/** The type and shape of x. Sums of floats are of float64, those of integers wrap. Throws ShapeError on bools. */
export const cumSum: OpDefinition<'CumSum'> = {
  infer: ({ attributes }, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    normalizeAxis(attributes.axis, shape.length);
    if (dtype === 'bool') throw new ShapeError('sums are not defined on bool');
    return [{ dtype, shape }];
  },
  shapeInputs: [1],
  listed: (attributes, list) => {
    if (list.length !== 1) throw new ShapeError(`the axis is one integer, not ${list.length}`);
    return { ...attributes, axis: at(list, 0) };
  },
  // What is behind the end of an extent changes no sum before it, unless they begin there.
  bounded: ({ attributes: { axis, reverse } }, input, along, inputs) => {
    const isSummed = along === normalizeAxis(axis, operand(inputs, 0).shape.length);
    return input === 0 && !(isSummed && reverse) ? along : undefined;
  },
  reference: ({ attributes: { axis, exclusive, reverse } }, inputs, _outputs, wraps = false) => {
    const x = tensorAt(inputs, 0);
    const along = normalizeAxis(axis, x.shape.length);
    const length = at(x.shape, along);
    const inner = product(x.shape.slice(along + 1));
    const lines = product(x.shape.slice(0, along)) * inner;
    const float = isFloat(x.dtype);
    const checked = !wraps && isNarrowed(x.dtype);
    const y = zeros(x.dtype, x.shape);
    for (let line = 0; line < lines; line++) {
      const start = Math.floor(line / inner) * length * inner + (line % inner);
      let sum = 0;
      for (let k = 0; k < length; k++) {
        const i = start + (reverse ? length - 1 - k : k) * inner;
        const next = sum + (x.data[i] ?? 0);
        if (checked) requireHeld(x.dtype, next);
        // A typed array keeps the lowest bits, those of a sum too.
        const after = float || checked ? next : next | 0;
        y.data[i] = exclusive ? sum : after;
        sum = after;
      }
    }
    return [y];
  },
};
