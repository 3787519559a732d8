/** Translations of reductions. */
import type { ReduceKind } from '../../../../../ir/ops.ts';
import type { GraphTranslation, NodeContext } from '../../context.ts';

/** Reduces over the axes that input 1 lists. An empty list reduces nothing in TensorFlow and everything in the engine. */
export function reduce(c: NodeContext, kind: ReduceKind, x: string): string {
  const axes = c.constantInput(1)?.data;
  const keepDims = c.attr.bool('keep_dims', false);
  if (axes) {
    return axes.length === 0
      ? c.one('Identity', [x], {})
      : c.one('Reduce', [x], { kind, axes: Array.from(axes), keepDims });
  }
  // So a list that is computed gets one more entry, an axis of one element.
  const rank = c.one('Shape', [c.one('Shape', [x], {})], {});
  const given = c.binary('floorMod', c.reshape(c.int64Input(1), [-1]), rank);
  const inputs = [c.one('Unsqueeze', [x], { axes: [-1] }), c.one('Concat', [given, rank], { axis: 0 })];
  const y = c.one('Reduce', inputs, { kind, axes: [], keepDims });
  return keepDims ? c.one('Squeeze', [y], { axes: [-1] }) : y;
}

/** A reduction of the first input. */
export const reduction =
  (kind: ReduceKind): GraphTranslation =>
  (c) =>
    reduce(c, kind, c.input(0));

/** Rows of the operator table. */
export const REDUCE = { Mean: reduction('mean') };
