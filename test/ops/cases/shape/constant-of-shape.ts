/** Cases of the ConstantOfShape operator: types, scalars, no elements. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const constant = (shape: Shape, dtype: DType, value: number): OpCase<'ConstantOfShape'> => ({
  name: `${dtype} [${shape.join(', ')}] of ${value}`,
  op: 'ConstantOfShape',
  inputs: [{ dtype: 'int64', shape: [shape.length], values: shape, constant: true }],
  attributes: { dtype, value },
});

export const constantOfShapeCases: readonly OpCase<'ConstantOfShape'>[] = [
  constant([2, 3], 'float32', 1.5),
  constant([5], 'int64', -3),
  constant([3, 1], 'int32', 7),
  constant([4], 'bool', 1),
  constant([], 'float32', 2),
  constant([2, 0], 'float32', 2),
];
