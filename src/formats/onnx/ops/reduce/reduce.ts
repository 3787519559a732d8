/** Reductions over axes. */
import type { ReduceKind, UnaryKind } from '../../../../ir/ops.ts';
import type { OnnxNode, OnnxTranslation } from '../../node.ts';

/** What a reduction makes of a single element, where it changes it: `noop_with_empty_axes` folds nothing, but does that. */
const OF_ONE: { readonly [K in ReduceKind]?: UnaryKind } = { l1: 'abs', l2: 'abs', sumSquare: 'square' };

/** Emits the reduction of x over the axes that an attribute or an input lists. */
export function reduced(n: OnnxNode, kind: ReduceKind, x = n.input(0)): string {
  const { list: axes, inputs } = n.listed('axes');
  const keepDims = n.attr.flag('keepdims', true);
  if (n.attr.flag('noop_with_empty_axes', false) && axes.length === 0) {
    const ofOne = OF_ONE[kind];
    if (inputs.length === 0) return ofOne ? n.one('Unary', [x], { kind: ofOne }) : x;
    if (!n.facts(1).length) n.unknown(1, 'number of entries');
  }
  return n.one('Reduce', [x, ...inputs], { kind, axes, keepDims });
}

/** A row for a reduction. */
export function reduce(kind: ReduceKind): OnnxTranslation {
  return (n) => reduced(n, kind);
}

/** Reductions that classifiers have. */
export const REDUCE = { ReduceMean: reduce('mean'), ReduceSum: reduce('sum') };
