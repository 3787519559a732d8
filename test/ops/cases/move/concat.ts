/** Cases of the Concat operator: each axis, many and empty operands, every element type that moves. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const concat = (shapes: readonly Shape[], axis: number, dtype: DType = 'float32'): OpCase<'Concat'> => ({
  name: `${dtype} ${shapes.map((s) => `[${s.join(', ')}]`).join(' ')} along ${axis}`,
  op: 'Concat',
  inputs: shapes.map((shape) => ({ dtype, shape, low: 0, high: 100 })),
  attributes: { axis },
});

export const concatCases: readonly OpCase<'Concat'>[] = [
  concat([[3]], 0),
  concat([[3], [5], [1]], 0),
  concat(
    [
      [2, 3, 5],
      [4, 3, 5],
    ],
    0,
  ),
  concat(
    [
      [2, 3, 5],
      [2, 1, 5],
      [2, 7, 5],
    ],
    1,
  ),
  concat(
    [
      [2, 3, 5, 7],
      [2, 3, 5, 1],
    ],
    -1,
  ),
  concat(
    [
      [2, 3, 5, 8],
      [2, 3, 5, 4],
      [2, 3, 5, 16],
    ],
    3,
  ),
  concat(
    [
      [2, 3, 8],
      [2, 3, 3],
      [2, 3, 8],
    ],
    2,
  ),
  concat(
    Array.from({ length: 12 }, (_, i) => [3, i + 1]),
    1,
  ),
  concat(
    [
      [2, 0, 3],
      [2, 5, 3],
    ],
    1,
  ),
  concat(
    [
      [1, 2, 1, 2, 1, 3],
      [1, 2, 1, 3, 1, 3],
    ],
    3,
  ),
  concat([[3], [5]], 0, 'int64'),
  concat(
    [
      [3, 2],
      [3, 5],
    ],
    -1,
    'bool',
  ),
  // Four to a word where rows come in fours, and not where they do not.
  concat(
    [
      [3, 4],
      [5, 4],
    ],
    0,
    'int8',
  ),
  concat(
    [
      [3, 4],
      [3, 8],
    ],
    1,
    'uint8',
  ),
  concat(
    [
      [2, 3, 4],
      [2, 1, 4],
    ],
    1,
    'bool',
  ),
  concat(
    [
      [3, 4],
      [3, 5],
    ],
    1,
    'int8',
  ),
];
