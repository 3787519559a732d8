/** Cases of the Tile operator: each dimension, none, zero repeats. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const tile = (shape: Shape, repeats: readonly number[], dtype: DType = 'float32'): OpCase<'Tile'> => ({
  name: `${dtype} [${shape.join(', ')}] by [${repeats.join(', ')}]`,
  op: 'Tile',
  inputs: [
    { dtype, shape, low: 0, high: 100 },
    { dtype: 'int64', shape: [repeats.length], values: repeats, constant: true },
  ],
  attributes: {},
});

export const tileCases: readonly OpCase<'Tile'>[] = [
  tile([5], [3]),
  tile([3, 5], [1, 1]),
  tile([3, 5], [2, 3]),
  tile([3, 8], [2, 3]),
  tile([2, 3, 5], [3, 1, 2]),
  tile([2, 1, 3, 2, 1, 3], [1, 3, 2, 1, 2, 2]),
  tile([3, 5], [0, 2]),
  tile([1, 7], [5, 1]),
  tile([3, 4], [2, 2], 'int64'),
  tile([3, 5], [2, 2], 'bool'),
];
