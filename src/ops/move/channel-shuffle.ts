/** ChannelShuffle: channel g·(C/groups)+i moves to i·groups+g (ShuffleNet, arXiv:1707.01083). */
import { ShapeError } from '../../core/errors.ts';
import { elementCount } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { stridedCopy } from '../lib/strided.ts';

/** Keeps the shape. Throws ShapeError where the channels do not divide into the groups. */
export const channelShuffle: OpDefinition<'ChannelShuffle'> = {
  infer: ({ attributes: { groups } }, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    if (shape.length === 0) throw new ShapeError('ChannelShuffle of a scalar is not defined');
    const channels = at(shape, shape.length - 1);
    if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
      throw new ShapeError(`${channels} channels do not divide into ${groups} groups`);
    }
    return [{ dtype, shape }];
  },
  reference: ({ attributes: { groups } }, inputs) => {
    const x = tensorAt(inputs, 0);
    const channels = at(x.shape, x.shape.length - 1);
    const perGroup = channels / groups;
    const pixels = channels === 0 ? 0 : elementCount(x.shape) / channels;
    const { data } = stridedCopy(x, [pixels, perGroup, groups], [channels, 1, perGroup]);
    return [{ dtype: x.dtype, shape: x.shape, data }];
  },
};
