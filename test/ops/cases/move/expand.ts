/** Cases of the Expand operator: stretching either side, more dimensions, ones, none. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const expand = (from: Shape, to: Shape, dtype: DType = 'float32'): OpCase<'Expand'> => ({
  name: `${dtype} [${from.join(', ')}] to [${to.join(', ')}]`,
  op: 'Expand',
  inputs: [
    { dtype, shape: from, low: 0, high: 100 },
    { dtype: 'int64', shape: [to.length], values: to, constant: true },
  ],
  attributes: {},
});

export const expandCases: readonly OpCase<'Expand'>[] = [
  expand([], []),
  expand([], [3, 5]),
  expand([5], [3, 5]),
  expand([3, 1], [3, 5]),
  expand([3, 1], [2, 1, 7]),
  expand([8], [3, 2, 8]),
  expand([3, 5], [1]),
  expand([2, 1, 3, 1, 2, 1], [2, 3, 3, 5, 2, 7]),
  expand([1, 3], [0, 3]),
  expand([3, 1], [3, 8], 'int32'),
  expand([3, 1], [3, 5], 'bool'),
];
