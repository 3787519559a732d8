/** Cases of the Gather operator: scalar to rank 3 indices, negative ones, each axis. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const gather = (
  x: Shape,
  axis: number,
  [shape, values]: readonly [Shape, readonly number[]],
  dtype: DType = 'float32',
): OpCase<'Gather'> => ({
  name: `${dtype} [${x.join(', ')}] along ${axis} at [${shape.join(', ')}] ${values.join(' ')}`,
  op: 'Gather',
  inputs: [
    { dtype, shape: x, low: 0, high: 100 },
    { dtype: 'int64', shape, values },
  ],
  attributes: { axis },
});

export const gatherCases: readonly OpCase<'Gather'>[] = [
  gather([7], 0, [[], [3]]),
  gather([7], 0, [[3], [6, 0, -1]]),
  gather([3, 5, 7], 0, [[2], [2, -3]]),
  gather([3, 5, 7], 1, [
    [2, 2],
    [0, 4, -1, 2],
  ]),
  gather([3, 5, 7], -1, [[3], [1, 1, 6]]),
  gather([3, 5, 8], 1, [[3], [4, 0, -2]]),
  gather([2, 3, 2, 3, 2], 2, [
    [1, 2, 3],
    [0, 1, 1, 0, -1, -2],
  ]),
  gather([3, 5], 1, [[0], []]),
  gather([3, 5, 8], 1, [[], [-1]]),
  gather([5, 3], 0, [[2], [4, 1]], 'int64'),
  gather([5, 3], 0, [[2], [4, 1]], 'bool'),
  gather([3, 5, 7], 1, [[3], [4, 0, -2]], 'int8'),
  gather([2, 5, 8], 1, [[3], [4, 0, -2]], 'uint8'),
  ...(['float32', 'int8'] as const).map((dtype): OpCase<'Gather'> => ({
    name: `${dtype} of as many as there are`,
    op: 'Gather',
    inputs: [
      { dtype, shape: [2, 5, 3] },
      { dtype: 'int64', shape: [4], values: [4, -5, -1, 9] },
      { dtype: 'int32', shape: [], values: [5] },
    ],
    attributes: { axis: 1 },
    noOracle: 'ONNX has no counts',
  })),
  {
    name: 'int32 indices',
    op: 'Gather',
    inputs: [{ shape: [5, 4] }, { dtype: 'int32', shape: [3], values: [0, -5, 4] }],
    attributes: { axis: 0 },
  },
  {
    name: 'indices outside take the nearest',
    op: 'Gather',
    inputs: [{ shape: [5, 4] }, { dtype: 'int64', shape: [6], values: [5, -6, 2147483647, -2147483648, 4, -5] }],
    attributes: { axis: 0 },
    noOracle: 'onnxruntime refuses them while it runs',
  },
];
