/** Movements that few classifiers have: taking apart, stacking, repetition, reflection. */
import { packOf, split as splitOf, unpackOf } from '../../../../lib/tensorflow/parts.ts';
import type { GraphTranslation } from '../../context.ts';
import { pads } from './move.ts';

export { splitV } from '../../../../lib/tensorflow/parts.ts';

export const pack: GraphTranslation = (c) => packOf(c, c.attr.int('axis', 0));

export const unpack: GraphTranslation = (c) => unpackOf(c, c.attr.int('axis', 0), c.attr.int('num', 0));

export const split: GraphTranslation = (c) => splitOf(c, c.attr.int('num_split', 1));

export const mirrorPad: GraphTranslation = (c) => {
  const mode = c.attr.string('mode', 'REFLECT');
  if (mode !== 'REFLECT') c.refuse(`mode ${mode}`);
  return c.one('Pad', [c.input(0), pads(c)], { mode: 'reflect' });
};

export const tile: GraphTranslation = (c) => c.one('Tile', [c.input(0), c.int64Input(1)], {});

export const broadcastTo: GraphTranslation = (c) => c.one('Expand', [c.input(0), c.int64Input(1)], {});
