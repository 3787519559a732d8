/** Translations of reductions. */
import type { ReduceKind } from '../../../../../ir/ops.ts';
import type { GraphTranslation, NodeContext } from '../../context.ts';

/** Reduces over the axes that input 1 lists; refuses axes that are computed. */
export function reduce(c: NodeContext, kind: ReduceKind, x: string): string {
  const axes = c.knownInts(1, 'reduction axes');
  // An empty list reduces nothing in TensorFlow and everything in the engine.
  if (axes.length === 0) return c.one('Identity', [x], {});
  return c.one('Reduce', [x], { kind, axes, keepDims: c.attr.bool('keep_dims', false) });
}

/** A reduction of the first input. */
export const reduction =
  (kind: ReduceKind): GraphTranslation =>
  (c) =>
    reduce(c, kind, c.input(0));

/** Rows of the operator table. */
export const REDUCE = { Mean: reduction('mean') };
