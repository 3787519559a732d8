/** Movements that few classifiers have: taking apart, stacking, repetition, reflection. */
import type { GraphTranslation } from '../../context.ts';
import { pads } from './move.ts';

/** More outputs than this of one node is no network but a damaged attribute. */
const MAX_PARTS = 4096;

export const pack: GraphTranslation = (c) => {
  const axis = c.attr.int('axis', 0);
  const parts = c.inputs().map((x) => c.one('Unsqueeze', [x], { axes: [axis] }));
  return c.one('Concat', parts, { axis });
};

export const unpack: GraphTranslation = (c) => {
  const axis = c.attr.int('axis', 0);
  const count = c.attr.int('num', 0);
  if (count < 1 || count > MAX_PARTS) c.refuse(`num ${count}`);
  const parts = count === 1 ? [c.input(0)] : c.many('Split', [c.input(0)], { axis, sizes: [] }, count);
  return parts.map((part) => c.one('Squeeze', [part], { axes: [axis] }));
};

export const split: GraphTranslation = (c) => {
  const count = c.attr.int('num_split', 1);
  if (count < 1 || count > MAX_PARTS) c.refuse(`num_split ${count}`);
  return c.many('Split', [c.input(1)], { axis: c.knownInt(0, 'a split axis'), sizes: [] }, count);
};

/** One of the sizes may be −1: what the others leave. */
export const splitV: GraphTranslation = (c) => {
  const sizes = c.knownInts(1, 'split sizes');
  if (sizes.length > MAX_PARTS) c.refuse(`${sizes.length} parts`);
  const open = sizes.indexOf(-1);
  const others = sizes.filter((_, i) => i !== open);
  if (others.some((size) => size < 0)) c.refuse(`split sizes [${sizes.join(', ')}]`);
  const axis = c.knownInt(2, 'a split axis');
  if (open < 0) return c.many('Split', [c.input(0)], { axis, sizes }, sizes.length);
  const extent = c.one('Gather', [c.one('Shape', [c.input(0)], {}), c.ints([axis])], { axis: 0 });
  const left = c.binary('sub', extent, c.ints([others.reduce((a, b) => a + b, 0)]));
  const computed = c.one('Concat', [c.ints(sizes.slice(0, open)), left, c.ints(sizes.slice(open + 1))], { axis: 0 });
  return c.many('Split', [c.input(0), computed], { axis, sizes: [] }, sizes.length);
};

export const mirrorPad: GraphTranslation = (c) => {
  const mode = c.attr.string('mode', 'REFLECT');
  if (mode !== 'REFLECT') c.refuse(`mode ${mode}`);
  return c.one('Pad', [c.input(0), pads(c)], { mode: 'reflect' });
};

export const tile: GraphTranslation = (c) => c.one('Tile', [c.input(0), c.int64Input(1)], {});

export const broadcastTo: GraphTranslation = (c) => c.one('Expand', [c.input(0), c.int64Input(1)], {});
