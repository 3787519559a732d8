/** The sliding window of convolutions and pools, as TensorFlow attributes give it. */
import type { Window } from '../../../../ir/ops.ts';
import { range } from '../../../../util/arrays.ts';
import type { NodeContext } from '../context.ts';

/** Adds to `problems` when the node is channels-first. */
export function requireChannelsLast(c: NodeContext, problems: string[]): void {
  const layout = c.attr.string('data_format', 'NHWC');
  if (layout !== 'NHWC' && layout !== 'NDHWC') problems.push(`data_format ${layout}`);
}

/** The spatial entries of an attribute with one for each of `dims` + 2 dimensions; the others must be 1. */
export function spatial(c: NodeContext, name: string, problems: string[], dims = 2): number[] {
  const all = c.attr.ints(name, range(dims + 2).fill(1));
  const [batch, channels] = [all[0] ?? 1, all[dims + 1] ?? 1];
  if (batch !== 1 || channels !== 1) problems.push(`${name} [${all.join(', ')}]`);
  return range(dims).map((i) => all[i + 1] ?? 1);
}

/** Strides, dilations and padding, for `dims` spatial dimensions. Refuses the node when the window covers batch or channels. */
export function windowOf(c: NodeContext, dims = 2): Window {
  const problems: string[] = [];
  requireChannelsLast(c, problems);
  const strides = spatial(c, 'strides', problems, dims);
  const dilations = spatial(c, 'dilations', problems, dims);
  const padding = c.attr.string('padding', 'VALID');
  if (!['SAME', 'VALID', 'EXPLICIT'].includes(padding)) problems.push(`padding ${padding}`);
  c.refuseAll(problems);
  // Two entries a dimension, batch and channels among them.
  const explicit = padding === 'EXPLICIT' ? c.attr.ints('explicit_paddings', []) : [];
  const pads = [2, 3].flatMap((side) => range(dims).map((i) => explicit[2 * i + side] ?? 0));
  return { strides, dilations, pads, padMode: padding === 'SAME' ? 'sameUpper' : 'explicit' };
}
