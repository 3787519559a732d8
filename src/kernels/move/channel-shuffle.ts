/** ChannelShuffle → a strided copy, the transposition of groups and channels within a group, unless x lies shuffled. */
import { required, type KernelDefinition, result } from '../definition.ts';
import { channelsOf } from '../../core/placement.ts';
import { copiesOfRows, ownChannels, shuffledChannels } from '../lib/parts.ts';
import { placeShuffled } from '../lib/placements.ts';
import { COPIED, COPY_PARTS, copyVariants } from '../lib/strided.ts';

export const channelShuffle: KernelDefinition<'ChannelShuffle'> = {
  kind: 'dispatch',
  variants: copyVariants((context) => {
    const { shape } = required(context, 0);
    const x = required(context, 0).placement;
    const y = result(context).placement;
    const from = { pitch: x.pitch, channels: shuffledChannels(x, channelsOf(shape), context.node.attributes.groups) };
    const to = { pitch: y.pitch, channels: ownChannels(y, shape) };
    return copiesOfRows({ input: 0, output: 0 }, shape, from, to);
  }),
  inputs: [COPIED],
  outputs: COPIED,
  parts: COPY_PARTS,
  siblings: () => ({ scatters: true }),
  moves: {
    whole: 'output',
    place: (context) => {
      const { placement, shape } = result(context);
      return placeShuffled(placement, shape, context.node.attributes.groups);
    },
  },
};
