/** Cases of the ReverseSequence operator: both orders of the axes, others, lengths from none to the whole, every type. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import { at, range } from '../../../../src/util/arrays.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const reverseSequence = (
  shape: Shape,
  batchAxis: number,
  timeAxis: number,
  dtype: DType = 'float32',
): OpCase<'ReverseSequence'> => ({
  name: `${dtype} [${shape.join(', ')}], batch ${batchAxis}, time ${timeAxis}`,
  op: 'ReverseSequence',
  inputs: [
    { dtype, shape, low: dtype.startsWith('uint') || dtype === 'bool' ? 0 : -9, high: dtype === 'bool' ? 2 : 9 },
    {
      dtype: 'int64',
      shape: [at(shape, batchAxis)],
      values: range(at(shape, batchAxis)).map((i) => ((i * 3) % at(shape, timeAxis)) + 1),
    },
  ],
  attributes: { batchAxis, timeAxis },
});

const noOracle = 'onnxruntime takes the first two axes only';

export const reverseSequenceCases: readonly OpCase<'ReverseSequence'>[] = [
  reverseSequence([5, 7], 0, 1),
  reverseSequence([7, 5], 1, 0),
  reverseSequence([1, 1], 0, 1),
  reverseSequence([3, 17, 5], 0, 1),
  reverseSequence([17, 3, 5], 1, 0),
  reverseSequence([2, 7, 3, 5], 0, 1),
  { ...reverseSequence([2, 7, 3, 5], 2, 1), noOracle },
  { ...reverseSequence([2, 7, 3, 5], 0, 3), noOracle },
  { ...reverseSequence([0, 5], 0, 1), noOracle: 'onnxruntime refuses a batch of none' },
  ...(['int32', 'int64', 'uint32', 'int16', 'int8', 'uint8', 'bool'] as const).map((dtype) =>
    reverseSequence([3, 5], 0, 1, dtype),
  ),
  { ...reverseSequence([3, 5], 0, 1, 'float16'), noOracle: 'onnxruntime has none of float16' },
  {
    name: 'lengths of none, and beyond the end',
    op: 'ReverseSequence',
    inputs: [{ shape: [5, 3] }, { dtype: 'int64', shape: [5], values: [0, -1, 4, 2147483647, -2147483648] }],
    attributes: { batchAxis: 0, timeAxis: 1 },
    noOracle: 'onnxruntime refuses them while it runs',
  },
];
