/** Cases of ChannelShuffle. */
import type { OpCase } from '../../../helpers/op-case.ts';

const shuffle = (shape: readonly number[], groups: number): OpCase<'ChannelShuffle'> => ({
  name: `[${shape.join(', ')}] ${groups} groups`,
  op: 'ChannelShuffle',
  inputs: [{ shape }],
  attributes: { groups },
});

export const channelShuffleCases: readonly OpCase<'ChannelShuffle'>[] = [
  shuffle([2, 5, 3, 24], 3),
  shuffle([1, 4, 4, 16], 4),
  shuffle([1, 7, 7, 6], 2),
  shuffle([1, 1, 1, 8], 8),
  shuffle([2, 3, 3, 5], 1),
  shuffle([3, 7, 20], 5),
];
