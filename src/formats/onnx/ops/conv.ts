/** Convolutions of channels-first images. */
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { sameArray } from '../../../util/arrays.ts';
import { channelsFirst, channelsLast, spatialDims, weightsToLast } from '../../lib/channels-first.ts';
import type { OnnxNode } from '../node.ts';
import { windowOf } from './window.ts';

function conv(n: OnnxNode): string {
  const [x, w, bias] = [n.input(0), n.input(1), n.optional(2)];
  const kernel = n.attr.ints('kernel_shape');
  const rank = kernel ? kernel.length + 2 : (n.facts(1).rank ?? n.rank(0));
  const dims = spatialDims(n, rank);
  const weights = n.constantInput(1);
  if (kernel && weights && !sameArray(weights.shape.slice(2), kernel)) {
    n.fail(`kernel_shape [${kernel.join(', ')}] does not fit weights [${weights.shape.join(', ')}]`);
  }
  const attributes = { ...windowOf(n, dims), group: n.attr.int('group', 1), activation: NO_ACTIVATION };
  const inputs = [channelsLast(n, x, rank), n.one('Transpose', [w], { perm: weightsToLast(rank) })];
  const y = n.main('Conv', bias === '' ? inputs : [...inputs, bias], attributes);
  return channelsFirst(n, y, rank);
}

/** Convolutions. */
export const CONV = { Conv: conv };
