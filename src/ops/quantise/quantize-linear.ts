/** QuantizeLinear: real numbers as integers of a scale, saturated. */
import { ShapeError } from '../../core/errors.ts';
import { extremesOf } from '../../core/extremes.ts';
import { zeros } from '../../core/tensor.ts';
import { quotientRounding } from '../../ir/quantise/quotients.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { blockIndex, checkBlocks } from '../lib/blocks.ts';
import { operand, requireFloat, tensorAt } from '../lib/operands.ts';
import { within } from '../lib/quantised.ts';

/** x to integers of type `to`; NaN is the zero point. Throws ShapeError where scales do not fit. */
export const quantizeLinear: OpDefinition<'QuantizeLinear'> = {
  infer: ({ attributes }, inputs) => {
    const [x, scale] = [operand(inputs, 0), operand(inputs, 1)];
    requireFloat(x, 'QuantizeLinear');
    checkBlocks(x.shape, scale.shape, attributes);
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
    const quotient = quotientRounding(attributes.rounding);
    for (let i = 0; i < y.data.length; i++) {
      const block = indexOf(i);
      const rounded = quotient(x.data[i] ?? 0, at(scale.data, block));
      y.data[i] = within((Number.isNaN(rounded) ? 0 : rounded) + (zeroPoint?.[block] ?? 0), range);
    }
    return [y];
  },
  quantised: { operands: [], result: 1 },
};
