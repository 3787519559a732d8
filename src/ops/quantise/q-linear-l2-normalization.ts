/** QLinearL2Normalization: integers over the norm of their slice, in 1/128. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { zeros } from '../../core/tensor.ts';
import { normBits } from '../../ir/quantise/norm.ts';
import { at } from '../../util/arrays.ts';
import { inverseSqrt, scaled } from '../../util/fixed-point.ts';
import type { OpDefinition } from '../definition.ts';
import { centred, quantisedOperand, quantisedResult, scalarAt, within, ONE_OPERAND } from '../lib/quantised.ts';
import { slicesAlong } from '../lib/slices.ts';

/** Keeps the shape. Throws ShapeError where scales do not fit. */
export const qLinearL2Normalization: OpDefinition<'QLinearL2Normalization'> = {
  infer: ({ attributes: { axis } }, inputs) => {
    const { shape } = quantisedOperand(inputs, 0);
    normalizeAxis(axis, shape.length);
    return [quantisedResult(inputs, 3, shape)];
  },
  reference: ({ attributes: { axis, range } }, inputs, outputs) => {
    const x = centred(inputs, 0);
    const zeroPoint = scalarAt(inputs, 4);
    const y = zeros(at(outputs, 0).dtype, x.shape);
    const { before, after } = normBits(y.dtype);
    for (const elements of slicesAlong(x.shape, axis)) {
      const squares = elements.reduce((sum, i) => sum + (x.data[i] ?? 0) ** 2, 0);
      const { multiplier, shift } = inverseSqrt(Math.min(squares, 2 ** 31 - 1));
      for (const i of elements) {
        const v = (x.data[i] ?? 0) << before;
        y.data[i] = within(scaled(v, { multiplier, shift: shift + after }) + zeroPoint, range);
      }
    }
    return [y];
  },
  quantised: ONE_OPERAND,
};
