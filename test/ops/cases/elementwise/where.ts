/** Cases of the Where operator: floats, integers and truth values, all three operands broadcast. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

function where(condition: Shape, a: Shape, b: Shape, dtype: DType = 'float32'): OpCase<'Where'> {
  return {
    name: `${dtype}: ${[condition, a, b].map((s) => `[${s.join(', ')}]`).join(' ')}`,
    op: 'Where',
    inputs: [
      { dtype: 'bool', shape: condition },
      { dtype, shape: a, low: 0, high: 100 },
      { dtype, shape: b, low: 0, high: 100 },
    ],
    attributes: {},
  };
}

export const whereCases: readonly OpCase<'Where'>[] = [
  where([], [], []),
  where([3, 5, 7], [3, 5, 7], [3, 5, 7]),
  where([4, 8], [4, 8], [4, 8]),
  where([3, 5, 1], [1, 5, 8], []),
  where([2, 1, 3, 1, 5, 1], [1, 2, 1, 3, 1, 2], [2]),
  where([1], [3, 7], [7]),
  where([0, 3], [3], [1, 3]),
  where([3, 5], [5], [3, 5], 'int32'),
  where([3, 8], [8], [3, 8], 'int64'),
  { ...where([3, 5], [5], [3, 1], 'bool'), noOracle: 'onnxruntime has no Where of bool' },
  {
    name: 'NaN and infinities move as they are',
    op: 'Where',
    inputs: [
      { dtype: 'bool', shape: [5], values: [1, 0, 1, 0, 1] },
      { shape: [5], values: [NaN, 1, Infinity, 2, -0] },
      { shape: [5], values: [3, -Infinity, 4, NaN, 5] },
    ],
    attributes: {},
  },
];
