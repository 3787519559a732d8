/** Deformable convolution of channels-first images. */
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { aroundChannelsLast, channelsLast, weightsToLast } from '../../lib/channels-first.ts';
import type { OnnxNode } from '../node.ts';
import { rankOf, windowOf } from './window.ts';

/** DeformConv: offsets and masks are images too, of a channel for each coordinate of each tap. */
export function deformConv(n: OnnxNode): string {
  const [x, w, offset, bias, mask] = [n.input(0), n.input(1), n.input(2), n.optional(3), n.optional(4)];
  const rank = rankOf(n);
  if (rank !== 4) n.refuse(`${rank - 2} spatial dimensions`);
  const { strides, dilations, pads } = windowOf(n, 2);
  const attributes = {
    strides,
    dilations,
    pads,
    group: n.attr.int('group', 1),
    offsetGroup: n.attr.int('offset_group', 1),
    activation: NO_ACTIVATION,
  };
  const weights = n.one('Transpose', [w], { perm: weightsToLast(rank) });
  const operands = [weights, channelsLast(n, offset, rank), ...(bias || mask ? [bias] : [])];
  if (mask) operands.push(channelsLast(n, mask, rank));
  return aroundChannelsLast(n, x, rank, (image) => n.main('DeformConv', [image, ...operands], attributes));
}
