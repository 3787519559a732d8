/** Cases of the NonZero operator: ranks, types, none, all, more than one chunk, zeros of both signs, NaN. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import { product, range } from '../../../../src/util/arrays.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const nonZero = (
  shape: Shape,
  dtype: DType = 'float32',
  at: (i: number) => number = (i) => ((i * 7) % 5 < 2 ? 0 : i % 3),
): OpCase<'NonZero'> => ({
  name: `${dtype} [${shape.join(', ')}]: ${range(Math.min(4, product(shape)))
    .map(at)
    .join(', ')}…`,
  op: 'NonZero',
  inputs: [{ dtype, shape, values: range(product(shape)).map(at) }],
  attributes: {},
  outputCount: 2,
});

export const nonZeroCases: readonly OpCase<'NonZero'>[] = [
  nonZero([7]),
  nonZero([3, 5]),
  nonZero([2, 3, 5, 7]),
  nonZero([129]),
  nonZero([17, 300]),
  nonZero([5], 'float32', () => 0),
  nonZero([3, 70], 'float32', () => 1),
  nonZero([5], 'float32', (i) => [0, -0, NaN, -Infinity, 1e-40][i] ?? 0),
  nonZero([1]),
  nonZero([0]),
  nonZero([3, 0]),
  nonZero([3, 5], 'bool', (i) => i % 2),
  nonZero([3, 5], 'int64', (i) => (i % 4) - 2),
  nonZero([3, 5], 'int32', (i) => (i % 3) - 1),
  nonZero([4, 5], 'uint8', (i) => i % 3),
];
