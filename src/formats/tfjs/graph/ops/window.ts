/** The sliding window of convolutions and pools, as TensorFlow attributes give it. */
import type { Window } from '../../../../ir/ops.ts';
import type { NodeContext } from '../context.ts';

/** Adds to `problems` when the node is channels-first. */
export function requireChannelsLast(c: NodeContext, problems: string[]): void {
  const layout = c.attr.string('data_format', 'NHWC');
  if (layout !== 'NHWC') problems.push(`data_format ${layout}`);
}

/** The height and width entries of a per-dimension attribute; the others must be 1. */
export function spatial(c: NodeContext, name: string, problems: string[]): number[] {
  const [n = 1, h = 1, w = 1, ch = 1] = c.attr.ints(name, [1, 1, 1, 1]);
  if (n !== 1 || ch !== 1) problems.push(`${name} [${[n, h, w, ch].join(', ')}]`);
  return [h, w];
}

/** Strides, dilations and padding. Refuses the node when the window covers batch or channels. */
export function windowOf(c: NodeContext): Window {
  const problems: string[] = [];
  requireChannelsLast(c, problems);
  const strides = spatial(c, 'strides', problems);
  const dilations = spatial(c, 'dilations', problems);
  const padding = c.attr.string('padding', 'VALID');
  const explicit = c.attr.ints('explicit_paddings', []);
  if (!['SAME', 'VALID', 'EXPLICIT'].includes(padding)) problems.push(`padding ${padding}`);
  c.refuseAll(problems);
  const [, , top = 0, bottom = 0, left = 0, right = 0] = padding === 'EXPLICIT' ? explicit : [];
  const pads = [top, left, bottom, right];
  return { strides, dilations, pads, padMode: padding === 'SAME' ? 'sameUpper' : 'explicit' };
}
