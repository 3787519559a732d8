/** Reductions over axes. */
import type { ReduceKind } from '../../../../ir/ops.ts';
import type { OnnxTranslation } from '../../node.ts';

/** Reductions that leave a single element as it is: what `noop_with_empty_axes` promises for them. */
const KEEPS_ONE: readonly ReduceKind[] = ['sum', 'mean', 'max', 'min', 'prod'];

/** A reduction over the axes that an attribute or an input lists. */
export function reduce(kind: ReduceKind): OnnxTranslation {
  return (n) => {
    const axes = n.intsOrInput('axes', 1) ?? [];
    const keepDims = n.attr.flag('keepdims', true);
    if (n.attr.flag('noop_with_empty_axes', false) && axes.length === 0) {
      if (!KEEPS_ONE.includes(kind)) n.refuse('noop_with_empty_axes = 1');
      return n.input(0);
    }
    return n.one('Reduce', [n.input(0)], { kind, axes, keepDims });
  };
}

/** Reductions that classifiers have. */
export const REDUCE = { ReduceMean: reduce('mean'), ReduceSum: reduce('sum') };
