/** ChannelShuffle → a strided copy: the transposition of groups and channels within a group. */
import { at, product } from '../util/arrays.ts';
import { required, value, type KernelDefinition } from './definition.ts';
import { copyVariants, stridedDims } from './strided.ts';

export const channelShuffle: KernelDefinition<'ChannelShuffle'> = {
  kind: 'dispatch',
  variants: copyVariants((context) => {
    const { node } = context;
    const { shape } = required(context, 0);
    const { groups } = node.attributes;
    const channels = at(shape, shape.length - 1);
    const perGroup = channels / groups;
    const pixels = product(shape.slice(0, -1));
    const dims = stridedDims([pixels, perGroup, groups], [channels, 1, perGroup], [channels, groups, 1]);
    return [{ from: value(node.inputs[0]), to: value(at(node.outputs, 0)), dims }];
  }),
};
