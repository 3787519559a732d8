/** QuantizeLinear: real numbers as integers of a scale, saturated. */
import { ShapeError } from '../../core/errors.ts';
import { extremesOf } from '../../core/extremes.ts';
import { zeros } from '../../core/tensor.ts';
import { roundedQuotient } from '../../ir/quantise/quotients.ts';
import type { Rounding } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { blockIndex, checkBlocks } from '../lib/blocks.ts';
import { operand, requireFloat, tensorAt } from '../lib/operands.ts';
import { within } from '../lib/quantised.ts';

/** Scale and zero point of one element. */
interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

/**
 * One element. NaN is the zero point, but to ONNX's rule the integer 0, as onnxruntime has it.
 */
export function quantised(
  rounding: Rounding,
  x: number,
  { scale, zeroPoint }: Affine,
  range: readonly [number, number],
): number {
  const rounded = roundedQuotient(rounding, x, scale);
  if (Number.isNaN(rounded)) return rounding === 'float-even' ? 0 : zeroPoint;
  return within(rounded + zeroPoint, range);
}

/** x to integers of type `to`. Throws ShapeError where scales do not fit. */
export const quantizeLinear: OpDefinition<'QuantizeLinear'> = {
  infer: ({ attributes }, inputs) => {
    const x = operand(inputs, 0);
    requireFloat(x, 'QuantizeLinear');
    checkBlocks(x.shape, inputs, attributes);
    const zeroPoint = inputs[2];
    if (zeroPoint && zeroPoint.dtype !== attributes.to) {
      throw new ShapeError(`the zero point is ${zeroPoint.dtype}, the result ${attributes.to}`);
    }
    return [{ dtype: attributes.to, shape: x.shape }];
  },
  reference: ({ attributes }, inputs, outputs) => {
    const [x, scale] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
    const zeroPoint = inputs[2]?.data;
    const y = zeros(at(outputs, 0).dtype, x.shape);
    const [indexOf, range] = [blockIndex(x.shape, scale.shape, attributes), extremesOf(y.dtype)];
    for (let i = 0; i < y.data.length; i++) {
      const block = indexOf(i);
      const affine = { scale: at(scale.data, block), zeroPoint: zeroPoint?.[block] ?? 0 };
      y.data[i] = quantised(attributes.rounding, x.data[i] ?? 0, affine, range);
    }
    return [y];
  },
  quantised: { operands: [], result: 1 },
};
