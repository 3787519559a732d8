/** Convolutions of channels-first images. */
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { channelsFirst, channelsLast, spatialDims, weightsToLast } from '../../lib/channels-first.ts';
import type { OnnxNode } from '../node.ts';
import { rankOf, windowOf } from './window.ts';

function conv(n: OnnxNode): string {
  const [x, w, bias] = [n.input(0), n.input(1), n.optional(2)];
  const rank = rankOf(n);
  const dims = spatialDims(n, rank);
  const attributes = { ...windowOf(n, dims), group: n.attr.int('group', 1), activation: NO_ACTIVATION };
  const inputs = [channelsLast(n, x, rank), n.one('Transpose', [w], { perm: weightsToLast(rank) })];
  const y = n.main('Conv', bias === '' ? inputs : [...inputs, bias], attributes);
  return channelsFirst(n, y, rank);
}

/** Convolutions. */
export const CONV = { Conv: conv };
