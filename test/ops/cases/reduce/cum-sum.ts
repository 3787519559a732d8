/** Cases of the CumSum operator: each axis, both directions, lines of one and of several chunks, integers that wrap. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import { product } from '../../../../src/util/arrays.ts';
import type { OpAttributes } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const PLAIN = { exclusive: false, reverse: false };

const cumSum = (
  shape: Shape,
  axis: number,
  how: Partial<OpAttributes['CumSum']> = {},
  dtype: DType = 'float32',
): OpCase<'CumSum'> => ({
  name: `${dtype} [${shape.join(', ')}] along ${axis}${how.exclusive ? ' exclusive' : ''}${how.reverse ? ' reversed' : ''}`,
  op: 'CumSum',
  // Of many numbers positive ones: sums near 0 would have lost their digits, whoever adds them.
  inputs: [{ dtype, shape, low: dtype.startsWith('uint') || product(shape) > 1000 ? 0 : -9, high: 9 }],
  attributes: { ...PLAIN, ...how, axis },
});

const exclusive = { exclusive: true };
const reverse = { reverse: true };
const both = { exclusive: true, reverse: true };

export const cumSumCases: readonly OpCase<'CumSum'>[] = [
  cumSum([7], 0),
  cumSum([1], 0, both),
  cumSum([3, 5], 1),
  cumSum([3, 5], 0, exclusive),
  cumSum([3, 5, 7], 1, reverse),
  cumSum([3, 5, 17], -1, both),
  cumSum([17, 3], -2),
  cumSum([2, 3, 5, 7], 2, exclusive),
  cumSum([0, 5], 1),
  cumSum([5, 0], 1, reverse),
  cumSum([64], 0),
  cumSum([65], 0, reverse),
  cumSum([2, 300, 3], 1),
  cumSum([300, 3], 0, both),
  cumSum([3, 5000], 1, exclusive),
  { ...cumSum([2, 9001], 1, reverse), full: true },
  cumSum([5], 0, {}, 'int32'),
  cumSum([3, 300], 1, reverse, 'int64'),
  { ...cumSum([5], 0, {}, 'uint32'), noOracle: 'onnxruntime sums no uint32' },
  { ...cumSum([5], 0, {}, 'float16'), noOracle: 'onnxruntime sums no float16' },
  {
    ...cumSum([300], 0, {}, 'int8'),
    noOracle: 'ONNX has no sums of int8',
  },
  {
    ...cumSum([300], 0, exclusive, 'uint8'),
    noOracle: 'ONNX has no sums of uint8',
  },
  {
    ...cumSum([300], 0, both, 'int16'),
    noOracle: 'ONNX has no sums of int16',
  },
  {
    name: 'integers that wrap',
    op: 'CumSum',
    inputs: [{ dtype: 'int32', shape: [4], values: [2147483647, 5, -2147483648, -7] }],
    attributes: { ...PLAIN, axis: 0 },
  },
  {
    name: 'what is not finite',
    op: 'CumSum',
    inputs: [{ shape: [2, 4], values: [1, Infinity, 2, 3, -Infinity, 1, Infinity, NaN] }],
    attributes: { ...PLAIN, axis: 1 },
  },
];
