/** Cases of the GatherElements operator: each axis, indices shorter than x beside it, negative ones, every type. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import { product, range } from '../../../../src/util/arrays.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

/** Indices that go up and down the axis from both ends. */
const walk = (shape: Shape, extent: number): number[] =>
  range(product(shape)).map((i) => ((i * 7) % (2 * extent)) - extent);

const gatherElements = (
  x: Shape,
  indices: Shape,
  axis: number,
  dtype: DType = 'float32',
  indexType: DType = 'int64',
): OpCase<'GatherElements'> => ({
  name: `${dtype} [${x.join(', ')}] at ${indexType} [${indices.join(', ')}] along ${axis}`,
  op: 'GatherElements',
  inputs: [
    { dtype, shape: x, low: 0, high: dtype === 'bool' ? 1 : 100 },
    { dtype: indexType, shape: indices, values: walk(indices, x.at(axis) ?? 1) },
  ],
  attributes: { axis },
});

export const gatherElementsCases: readonly OpCase<'GatherElements'>[] = [
  gatherElements([7], [17], 0),
  gatherElements([1], [1], 0),
  gatherElements([3, 5], [3, 5], 1),
  gatherElements([3, 5], [7, 5], 0),
  gatherElements([3, 5], [2, 3], 0),
  gatherElements([3, 5, 7], [3, 2, 7], 1),
  gatherElements([3, 5, 7], [3, 5, 17], -1),
  gatherElements([3, 5, 7], [2, 3, 5], 0),
  gatherElements([2, 3, 5, 7], [2, 1, 9, 6], -2),
  gatherElements([2, 1, 5, 3, 2], [1, 1, 5, 4, 2], 3),
  gatherElements([3, 5], [3, 0], 1),
  gatherElements([0, 5], [0, 3], 1),
  gatherElements([3, 5], [3, 4], 1, 'int32', 'int32'),
  gatherElements([3, 5], [3, 4], 1, 'int64'),
  gatherElements([3, 5], [3, 4], 1, 'uint32'),
  gatherElements([3, 5], [3, 4], 1, 'int16'),
  gatherElements([3, 5], [3, 4], 1, 'int8'),
  gatherElements([3, 5], [3, 4], 1, 'uint8'),
  gatherElements([3, 5], [3, 4], 1, 'bool'),
  gatherElements([3, 5], [3, 4], 1, 'float16'),
  { ...gatherElements([65, 3], [1000, 3], 0), full: true },
  {
    name: 'what is not finite',
    op: 'GatherElements',
    inputs: [
      { shape: [5], values: [NaN, Infinity, -Infinity, -0, 1] },
      { dtype: 'int64', shape: [5], values: [4, -2, 0, 2, 1] },
    ],
    attributes: { axis: 0 },
  },
  {
    name: 'indices outside take the nearest',
    op: 'GatherElements',
    inputs: [{ shape: [3, 5] }, { dtype: 'int64', shape: [1, 5], values: [3, -4, 2147483647, -2147483648, 1] }],
    attributes: { axis: 0 },
    noOracle: 'onnxruntime refuses them while it runs',
  },
  {
    name: 'indices that are known',
    op: 'GatherElements',
    inputs: [{ shape: [3, 5] }, { dtype: 'int64', shape: [3, 2], values: [0, -1, 2, -5, 4, 3], constant: true }],
    attributes: { axis: -1 },
  },
];
