/**
 * Masks: steps of a series that layers behind skip. Few do, and those refuse a model in which anything makes a mask; to the
 * others a mask is nothing.
 */
import type { GraphBuilder } from '../../../ir/builder.ts';
import type { LayerContext, LayerTranslation } from './context.ts';

/** Models with a layer that makes a mask. It is translated before those behind it. */
const masked = new WeakSet<GraphBuilder>();

/** Remembers that a layer makes a mask. */
export function noteMask({ builder }: LayerContext): void {
  masked.add(builder);
}

/** Refuses a layer that heeds masks, where there may be one. */
export function refuseMask(c: LayerContext): void {
  if (masked.has(c.builder)) c.refuse('a mask');
}

/** Zeros in place of the steps of which every feature has the value that says so. */
export const masking: LayerTranslation = (c) => {
  noteMask(c);
  const differs = c.binary('notEqual', c.x, c.scalar('float32', c.number('mask_value', 0)));
  const kept = c.one('Cast', [differs], { to: 'float32' });
  return c.binary('mul', c.x, c.one('Reduce', [kept], { kind: 'max', axes: [-1], keepDims: true }));
};

/** The translation of a layer that heeds masks. */
export const withoutMask =
  (translation: LayerTranslation): LayerTranslation =>
  (c) => {
    refuseMask(c);
    return translation(c);
  };
