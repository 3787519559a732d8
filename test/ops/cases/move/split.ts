/** Cases of the Split operator: given and equal sizes, empty parts, each axis. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const split = (
  shape: Shape,
  axis: number,
  sizes: readonly number[],
  parts = sizes.length,
  dtype: DType = 'float32',
): OpCase<'Split'> => ({
  name: `${dtype} [${shape.join(', ')}] along ${axis} into ${sizes.length > 0 ? sizes.join(', ') : `${parts} equal parts`}`,
  op: 'Split',
  inputs: [{ dtype, shape, low: 0, high: 100 }],
  attributes: { axis, sizes },
  outputCount: parts,
});

export const splitCases: readonly OpCase<'Split'>[] = [
  split([6], 0, [], 3),
  split([7], 0, [3, 3, 1]),
  split([7], 0, [1, 1, 5]),
  split([2, 6, 5], 1, [], 2),
  split([2, 6, 5], 1, [1, 5]),
  split([2, 3, 16], -1, [4, 8, 4]),
  split([2, 3, 17], 2, [4, 8, 5]),
  split([6, 2, 3], 0, [2, 4]),
  split([5, 3], 0, [0, 5, 0]),
  split([2, 2, 2, 2, 2, 6], 5, [], 6),
  split([3, 4], 1, [], 2, 'int32'),
  split([3, 4], 1, [1, 3], 2, 'bool'),
  split([3, 16], 1, [4, 8, 4], 3, 'int8'),
  split([5, 3, 7], 1, [1, 2], 2, 'uint8'),
];
