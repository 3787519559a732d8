/** Transposed convolutions of channels-first images. */
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import { aroundChannelsLast, spatialDims } from '../../lib/channels-first.ts';
import { transposedWeightsToLast } from '../../lib/transposed-weights.ts';
import type { OnnxNode } from '../node.ts';
import { rankOf, windowOf } from './window.ts';

/** ConvTranspose. */
export function convTranspose(n: OnnxNode): string {
  const [x, w, bias] = [n.input(0), n.input(1), n.optional(2)];
  const rank = rankOf(n);
  const dims = spatialDims(n, rank);
  const { padMode, ...window } = windowOf(n, dims);
  const group = n.attr.int('group', 1);
  const attributes = {
    ...window,
    autoPad: padMode,
    outputPads: perDimension(n, 'output_padding', dims) ?? range(dims).map(() => 0),
    outputShape: perDimension(n, 'output_shape', dims) ?? [],
    group,
    activation: NO_ACTIVATION,
  };
  const operands = [transposedWeightsToLast(n, w, dims, group), ...(bias === '' ? [] : [bias])];
  return aroundChannelsLast(n, x, rank, (image) => n.main('ConvTranspose', [image, ...operands], attributes));
}

/** A list attribute with an entry for each spatial dimension, where it is given; an empty one is not. */
function perDimension(n: OnnxNode, name: string, dims: number): number[] | undefined {
  const values = n.attr.ints(name);
  if (!values || values.length === 0) return undefined;
  if (values.length !== dims) n.fail(`${name} = [${values.join(', ')}] needs ${dims} entries`);
  return values;
}
