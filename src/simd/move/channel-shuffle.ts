/** ChannelShuffle: a strided copy, the transposition of groups and channels within a group. */
import { elementCount } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { copyCall } from '../lib/copy.ts';

/** Takes every type. */
export function channelShuffle(context: SimdContext<'ChannelShuffle'>): readonly SimdCall[] {
  const { dtype, shape } = at(context.outputs, 0);
  const { groups } = context.node.attributes;
  const channels = at(shape, shape.length - 1);
  const each = channels / groups;
  const dims = [
    { extent: elementCount(shape) / channels, strides: [channels, channels] },
    { extent: each, strides: [1, groups] },
    { extent: groups, strides: [each, 1] },
  ];
  return copyCall(dtype, inputOperand(context, 0), outputOperand(context), { dims });
}
