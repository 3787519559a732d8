/** Cases of the Compress operator: each axis, conditions shorter than it, none, all, many, every element type that moves. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import { range } from '../../../../src/util/arrays.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const compress = (
  shape: Shape,
  axis: number,
  condition: readonly number[],
  dtype: DType = 'float32',
): OpCase<'Compress'> => ({
  name: `${dtype} [${shape.join(', ')}] along ${axis} where ${condition.slice(0, 8).join('')}${condition.length > 8 ? '…' : ''}`,
  op: 'Compress',
  inputs: [
    { dtype, shape, low: 0, high: 100 },
    { dtype: 'bool', shape: [condition.length], values: condition },
  ],
  attributes: { axis },
  outputCount: 2,
});

export const compressCases: readonly OpCase<'Compress'>[] = [
  compress([5], 0, [1, 0, 0, 1, 1]),
  compress([3, 5], 0, [0, 1, 1]),
  compress([3, 5], 1, [0, 1, 1]),
  compress([2, 3, 7], -2, [1, 0, 1]),
  compress([2, 3, 7], 2, [0, 0, 0, 0, 0, 0, 1]),
  compress([3, 5], 1, [0, 0, 0, 0, 0]),
  compress([3, 4], 1, [1, 1, 1, 1]),
  compress(
    [3, 200],
    1,
    range(200).map((i) => Number(i % 3 === 1)),
  ),
  compress([3, 0], 0, [1, 0, 1]),
  compress([3, 5], 0, []),
  compress([3, 5], 1, [1, 0, 1, 0, 1], 'int64'),
  compress([3, 5], 1, [1, 0, 1, 0, 1], 'int32'),
  compress([3, 5], 1, [1, 0, 1, 0, 1], 'bool'),
  compress([3, 5], 1, [1, 0, 1, 0, 1], 'uint8'),
];
