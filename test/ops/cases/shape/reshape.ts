/** Cases of the Reshape operator: inferred, copied and zero extents. */
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const reshape = (from: Shape, to: readonly number[], allowZero = false): OpCase<'Reshape'> => ({
  name: `[${from.join(', ')}] to [${to.join(', ')}]${allowZero ? ', zeros allowed' : ''}`,
  op: 'Reshape',
  inputs: [{ shape: from }, { dtype: 'int64', shape: [to.length], values: to, constant: true }],
  attributes: { allowZero },
});

export const reshapeCases: readonly OpCase<'Reshape'>[] = [
  reshape([2, 3, 5], [6, 5]),
  reshape([2, 3, 5], [-1]),
  reshape([2, 3, 5], [0, -1]),
  reshape([2, 3, 5], [0, 0, 5, 1]),
  reshape([1], []),
  reshape([], [1, 1]),
  reshape([0, 3], [3, 0], true),
  reshape([0, 3], [0, 3]),
  reshape([2, 3, 2, 3, 2, 3], [12, -1, 3]),
  {
    ...reshape([6], [2, -1]),
    name: 'int32',
    inputs: [
      { dtype: 'int32', shape: [6], low: -9, high: 9 },
      { dtype: 'int64', shape: [2], values: [2, -1], constant: true },
    ],
  },
];
