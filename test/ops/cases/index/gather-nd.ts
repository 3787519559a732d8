/** Cases of the GatherND operator: full and partial depth, batch dimensions, negative indices. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const gatherND = (
  x: Shape,
  [shape, values]: readonly [Shape, readonly number[]],
  batchDims = 0,
  dtype: DType = 'float32',
): OpCase<'GatherND'> => ({
  name: `${dtype} [${x.join(', ')}] at [${shape.join(', ')}], ${batchDims} batch dimensions`,
  op: 'GatherND',
  inputs: [
    { dtype, shape: x, low: 0, high: 100 },
    { dtype: 'int64', shape, values },
  ],
  attributes: { batchDims },
});

export const gatherNDCases: readonly OpCase<'GatherND'>[] = [
  gatherND(
    [3, 5],
    [
      [4, 2],
      [0, 0, 2, 4, -1, -5, 1, 3],
    ],
  ),
  gatherND(
    [3, 5],
    [
      [3, 1],
      [2, 0, -1],
    ],
  ),
  gatherND([3, 5], [[1], [-2]]),
  gatherND(
    [3, 5, 7],
    [
      [2, 2, 2],
      [0, 1, 2, 4, 1, -1, -3, 0],
    ],
  ),
  gatherND(
    [3, 5, 7],
    [
      [2, 3],
      [2, 4, 6, 0, 1, 2],
    ],
  ),
  gatherND(
    [2, 5, 3],
    [
      [2, 2, 1],
      [4, 0, -1, 2],
    ],
    1,
  ),
  gatherND(
    [2, 3, 4, 5],
    [
      [2, 3, 1],
      [0, 1, 2, 3, -1, -4],
    ],
    2,
  ),
  gatherND([3, 5], [[0, 2], []]),
  gatherND(
    [3, 5],
    [
      [2, 2],
      [0, 0, 2, 4],
    ],
    0,
    'int32',
  ),
  {
    name: 'indices outside take the nearest',
    op: 'GatherND',
    inputs: [
      { shape: [3, 5] },
      { dtype: 'int64', shape: [4, 2], values: [3, 0, -4, -9, 2147483647, 7, -2147483648, 1] },
    ],
    attributes: { batchDims: 0 },
    noOracle: 'onnxruntime refuses them while it runs',
  },
];
