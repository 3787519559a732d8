/** Cases of the If operator whose condition depends on data: either branch, every rank of the condition, all kinds of types. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

function ifElse(holds: boolean, condition: Shape, shape: Shape, dtype: DType = 'float32'): OpCase<'If'> {
  return {
    name: `${dtype} [${shape.join(', ')}]: ${holds ? 'then' : 'else'}, condition [${condition.join(', ')}]`,
    op: 'If',
    inputs: [
      { dtype: 'bool', shape: condition, values: [holds ? 1 : 0] },
      { dtype, shape, low: 0, high: 100 },
      { dtype, shape, low: 0, high: 100 },
    ],
    attributes: { missing: [] },
  };
}

export const ifCases: readonly OpCase<'If'>[] = [
  ifElse(true, [], []),
  ifElse(false, [1], []),
  ifElse(true, [1, 1, 1], [3]),
  ifElse(false, [1, 1], [2, 8]),
  ifElse(true, [], [3, 5, 7]),
  ifElse(false, [], [0, 3]),
  ifElse(true, [1], [3, 5], 'int32'),
  ifElse(false, [], [3, 8], 'int64'),
  ifElse(true, [], [3, 5], 'bool'),
  {
    name: 'NaN and infinities move as they are',
    op: 'If',
    inputs: [
      { dtype: 'bool', shape: [], values: [1] },
      { shape: [5], values: [NaN, 1, Infinity, -Infinity, -0] },
      { shape: [5], values: [3, -Infinity, 4, NaN, 5] },
    ],
    attributes: { missing: [] },
  },
];
