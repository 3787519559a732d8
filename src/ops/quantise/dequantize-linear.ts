/** DequantizeLinear: integers of a scale as the real numbers that they stand for. */
import { isFloat, type DType } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { zeros } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { blockIndex, checkBlocks } from '../lib/blocks.ts';
import { operand, tensorAt } from '../lib/operands.ts';

/** The difference as the integers' type has it: that of 32 bits wraps. */
function difference(dtype: DType, x: number, zeroPoint: number): number {
  return dtype === 'uint32' ? (x - zeroPoint) >>> 0 : (x - zeroPoint) | 0;
}

/** Integers to floats of the scale's type. Throws ShapeError on floats, and where scales do not fit. */
export const dequantizeLinear: OpDefinition<'DequantizeLinear'> = {
  infer: ({ attributes }, inputs) => {
    const [x, scale] = [operand(inputs, 0), operand(inputs, 1)];
    if (isFloat(x.dtype) || x.dtype === 'bool') throw new ShapeError(`DequantizeLinear of ${x.dtype} is not defined`);
    checkBlocks(x.shape, inputs, attributes);
    const zeroPoint = inputs[2];
    if (zeroPoint && zeroPoint.dtype !== x.dtype) {
      throw new ShapeError(`the zero point is ${zeroPoint.dtype}, the operand ${x.dtype}`);
    }
    return [{ dtype: scale.dtype, shape: x.shape }];
  },
  reference: ({ attributes }, inputs, outputs) => {
    const [x, scale] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
    const zeroPoint = inputs[2]?.data;
    const y = zeros(at(outputs, 0).dtype, x.shape);
    const indexOf = blockIndex(x.shape, scale.shape, attributes);
    for (let i = 0; i < y.data.length; i++) {
      const block = indexOf(i);
      y.data[i] = Math.fround(difference(x.dtype, x.data[i] ?? 0, zeroPoint?.[block] ?? 0)) * at(scale.data, block);
    }
    return [y];
  },
  parameters: ({ attributes: { axis } }) => [{ slot: 0, role: 'weight', channels: axis }],
  quantised: { operands: [0] },
};
