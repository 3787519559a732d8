/** Reductions that classifiers have no use for: the logarithm of a sum, and where the extremes are. */
import type { OnnxNode } from '../../node.ts';
import { reduced } from './reduce.ts';

export function reduceLogSum(n: OnnxNode): string {
  return n.one('Unary', [reduced(n, 'sum')], { kind: 'log' });
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
