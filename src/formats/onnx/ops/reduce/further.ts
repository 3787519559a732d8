/** Reductions that classifiers have no use for: the logarithm of a sum, and where the extremes are. */
import type { OnnxNode } from '../../node.ts';

export function reduceLogSum(n: OnnxNode): string {
  const axes = n.intsOrInput('axes', 1) ?? [];
  if (n.attr.flag('noop_with_empty_axes', false) && axes.length === 0) n.refuse('noop_with_empty_axes = 1');
  const sum = n.main('Reduce', [n.input(0)], { kind: 'sum', axes, keepDims: n.attr.flag('keepdims', true) });
  return n.one('Unary', [sum], { kind: 'log' });
}

function argReduce(n: OnnxNode, kind: 'max' | 'min'): string {
  n.attr.only('select_last_index', 0);
  const attributes = { axis: n.attr.int('axis', 0), keepDims: n.attr.flag('keepdims', true) };
  return n.one('ArgReduce', [n.input(0)], { kind, ...attributes, dtype: 'int64' });
}

export function argMax(n: OnnxNode): string {
  return argReduce(n, 'max');
}

export function argMin(n: OnnxNode): string {
  return argReduce(n, 'min');
}
