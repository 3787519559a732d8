/** DynamicQuantizeLinear: real numbers as unsigned bytes of a scale that they decide themselves. */
import { tensorOf, zeros, type Tensor } from '../../core/tensor.ts';
import { roundEven } from '../../ir/quantise/multipliers.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, requireFloat, tensorAt } from '../lib/operands.ts';
import { within } from '../lib/quantised.ts';
import { quantised } from './quantize-linear.ts';

const BYTE = [0, 255] as const;

/** The scale that spreads the bytes over the elements and 0, and the byte of 0. NaN is passed over. */
function spreadOf(data: ArrayLike<number>): { scale: number; zeroPoint: number } {
  let [least, greatest] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const v = data[i] ?? 0;
    if (v < least) least = v;
    if (v > greatest) greatest = v;
  }
  const scale = least === greatest ? 1 : Math.fround(Math.fround(greatest - least) / 255);
  const offset = -Math.fround(least / scale);
  // Of infinite elements there is none: as onnxruntime has it, the highest.
  return { scale, zeroPoint: Number.isNaN(offset) ? 255 : roundEven(within(offset, BYTE)) };
}

/** x to y, its scale and its zero point. Throws ShapeError of what is no float. */
export const dynamicQuantizeLinear: OpDefinition<'DynamicQuantizeLinear'> = {
  infer: (_node, inputs) => {
    const x = operand(inputs, 0);
    requireFloat(x, 'DynamicQuantizeLinear');
    return [
      { dtype: 'uint8', shape: x.shape },
      { dtype: 'float32', shape: [] },
      { dtype: 'uint8', shape: [] },
    ];
  },
  reference: (_node, inputs) => {
    const { data, shape } = tensorAt(inputs, 0);
    const { scale, zeroPoint } = spreadOf(data);
    const y: Tensor = zeros('uint8', shape);
    for (let i = 0; i < data.length; i++) y.data[i] = quantised('float-even', data[i] ?? 0, { scale, zeroPoint }, BYTE);
    return [y, tensorOf('float32', [], [scale]), tensorOf('uint8', [], [zeroPoint])];
  },
  quantised: { operands: [] },
};
