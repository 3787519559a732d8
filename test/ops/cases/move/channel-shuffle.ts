/** Cases of ChannelShuffle. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const shuffle = (shape: readonly number[], groups: number, dtype: DType = 'float32'): OpCase<'ChannelShuffle'> => ({
  name: `${dtype === 'float32' ? '' : `${dtype} `}[${shape.join(', ')}] ${groups} groups`,
  op: 'ChannelShuffle',
  inputs: [dtype === 'float32' ? { shape } : { dtype, shape, low: 0, high: 100 }],
  attributes: { groups },
});

export const channelShuffleCases: readonly OpCase<'ChannelShuffle'>[] = [
  shuffle([2, 5, 3, 24], 3),
  shuffle([1, 4, 4, 16], 4),
  shuffle([1, 7, 7, 6], 2),
  shuffle([1, 1, 1, 8], 8),
  shuffle([2, 3, 3, 5], 1),
  shuffle([3, 7, 20], 5),
  shuffle([2, 3, 8], 2, 'int8'),
  shuffle([3, 5, 6], 3, 'bool'),
];
