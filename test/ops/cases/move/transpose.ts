/** Cases of the Transpose operator: ranks 0 to 6, layouts of images, multiples of four and odd extents. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const transpose = (shape: Shape, perm: readonly number[], dtype: DType = 'float32'): OpCase<'Transpose'> => ({
  name: `${dtype} [${shape.join(', ')}] by [${perm.join(', ')}]`,
  op: 'Transpose',
  inputs: [{ dtype, shape, low: 0, high: 100 }],
  attributes: { perm },
});

export const transposeCases: readonly OpCase<'Transpose'>[] = [
  transpose([], []),
  transpose([5], [0]),
  transpose([3, 5], [1, 0]),
  transpose([3, 5, 7], []),
  transpose([2, 3, 5, 7], [0, 2, 3, 1]),
  transpose([2, 3, 5, 7], [0, 3, 1, 2]),
  transpose([2, 8, 4, 12], [0, 2, 3, 1]),
  transpose([33, 65], [1, 0]),
  transpose([2, 67, 35], [0, 2, 1]),
  transpose([64, 128], [1, 0]),
  transpose([3, 5, 8], [1, 0, 2]),
  transpose([2, 3, 2, 5, 2, 3], [5, 3, 1, 0, 2, 4]),
  transpose([2, 3, 2, 5, 2, 4], [2, 1, 0, 4, 3, 5]),
  transpose([1, 3, 1, 5], [2, 3, 0, 1]),
  transpose([2, 0, 3], [1, 2, 0]),
  transpose([3, 5, 7], [0, 1, 2]),
  transpose([3, 5, 7], [2, 0, 1], 'int32'),
  transpose([3, 5, 7], [2, 0, 1], 'bool'),
  transpose([3, 5, 7], [1, 2, 0], 'uint8'),
  transpose([3, 4, 8], [1, 0, 2], 'int8'),
  transpose([2, 3, 5, 7], [0, 3, 1, 2], 'int8'),
];
