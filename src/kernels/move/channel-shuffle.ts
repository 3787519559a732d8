/** ChannelShuffle → a strided copy, the transposition of groups and channels within a group, unless x lies shuffled. */
import { inputPlacement, outputPlacement, required, type KernelDefinition } from '../definition.ts';
import { channelsOf } from '../../core/placement.ts';
import { copiesOfRows, ownChannels, shuffledChannels } from '../lib/parts.ts';
import { copyVariants } from '../lib/strided.ts';

export const channelShuffle: KernelDefinition<'ChannelShuffle'> = {
  kind: 'dispatch',
  variants: copyVariants((context) => {
    const { shape } = required(context, 0);
    const x = inputPlacement(context, 0);
    const y = outputPlacement(context);
    const from = { pitch: x.pitch, channels: shuffledChannels(x, channelsOf(shape), context.node.attributes.groups) };
    const to = { pitch: y.pitch, channels: ownChannels(y, shape) };
    return copiesOfRows({ input: 0, output: 0 }, shape, from, to);
  }),
  placed: { inputs: [0], outputs: 'any', scattered: true },
  half: [0],
};
