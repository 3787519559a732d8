/** Cases of the TopK operator: ties, NaN, each axis, one and several chunks, whole rows. */
import type { Shape } from '../../../../src/core/tensor.ts';
import { range } from '../../../../src/util/arrays.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

const topK = (input: CaseInput, k: number, axis: number, largest = true): OpCase<'TopK'> => ({
  name: `${k} ${largest ? 'largest' : 'smallest'} of ${input.dtype ?? 'float32'} [${input.shape.join(', ')}] along ${axis}`,
  op: 'TopK',
  inputs: [input, { dtype: 'int64', shape: [1], values: [k], constant: true }],
  attributes: { axis, largest },
  outputCount: 2,
});

const float = (shape: Shape): CaseInput => ({ shape });
/** Few distinct values, so that there are ties. */
const tied = (shape: Shape): CaseInput => ({ dtype: 'int32', shape, low: -3, high: 3 });

export const topKCases: readonly OpCase<'TopK'>[] = [
  topK(float([7]), 3, 0),
  topK(float([7]), 7, 0, false),
  topK(float([1]), 1, 0),
  topK(float([3, 17, 5]), 4, 1),
  topK(float([3, 5, 17]), 5, -1, false),
  { ...topK(float([17, 3]), 6, 0), full: true },
  topK(tied([3, 65]), 20, 1),
  topK(tied([3, 65]), 20, 1, false),
  topK(tied([5000]), 100, 0),
  { ...topK(float([2, 3000]), 10, 1), full: true },
  { ...topK(float([3000, 2]), 600, 0), full: true },
  topK(float([2, 1500]), 1500, 1, false),
  { ...topK(tied([5000]), 1000, 0, false), full: true },
  // Lists of lists: what nine chunks keep takes three.
  topK(float([2, 33000]), 1000, 1),
  { ...topK(float([77000]), 600, 0), full: true },
  { ...topK(tied([9000]), 30, 0), full: true },
  // Selected by digits, two chunks; and all of five chunks, merged twice.
  topK(tied([2, 5000, 2]), 2000, 1),
  topK(float([4500]), 4400, 0, false),
  // Most of a chunk's places hold nothing, and what is there is the least of all.
  {
    ...topK({ dtype: 'int32', shape: [4100], values: range(4100).map((i) => (i < 4090 ? -2147483648 : -i)) }, 300, 0),
    name: 'the least integers beside places without any',
  },
  {
    ...topK(
      { shape: [1300], values: range(1300).map((i) => [NaN, Infinity, 1, -Infinity, -0][i % 5] ?? 0) },
      700,
      0,
      false,
    ),
    name: 'ties of what is not finite',
    noOracle: 'ONNX leaves NaN open',
  },
  topK(float([2, 9001, 3]), 40, 1, false),
  topK(float([3, 5]), 0, 1),
  { ...topK(float([0, 5]), 2, 1), noOracle: 'onnxruntime divides by zero' },
  {
    ...topK({ shape: [9], values: [NaN, 1, -0, 0, Infinity, -Infinity, NaN, -1, 1] }, 9, 0),
    name: 'NaN above everything',
    noOracle: 'ONNX leaves NaN open',
  },
  {
    ...topK({ shape: [9], values: [NaN, 1, 0, -0, Infinity, -Infinity, NaN, -1, 1] }, 9, 0, false),
    name: 'NaN last of the smallest',
    noOracle: 'ONNX leaves NaN open',
  },
  {
    ...topK({ dtype: 'uint32', shape: [5], values: [1, 4294967295, 0, 2147483648, 7] }, 3, 0),
    noOracle: 'onnxruntime has no TopK of uint32',
  },
];
