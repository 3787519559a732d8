/** Translations of reductions, normalisations over axes, and searches. */
import type { ReduceKind } from '../../../ir/ops.ts';
import type { NodeContext, Translation } from './context.ts';

export function reduce(c: NodeContext, kind: ReduceKind, x: string): string {
  const axes = c.knownInts(1, 'reduction axes');
  // An empty list reduces nothing in TensorFlow and everything in the engine.
  if (axes.length === 0) return c.one('Identity', [x], {});
  return c.one('Reduce', [x], { kind, axes, keepDims: c.attr.bool('keep_dims', false) });
}

const reduction =
  (kind: ReduceKind): Translation =>
  (c) =>
    reduce(c, kind, c.input(0));

/** Rows of the operator table. */
export const REDUCTION: Readonly<Record<string, Translation>> = {
  Sum: reduction('sum'),
  Mean: reduction('mean'),
  Max: reduction('max'),
  Min: reduction('min'),
  Prod: reduction('prod'),
  EuclideanNorm: reduction('l2'),
  Softmax: (c) => c.one('Softmax', [c.input(0)], { axes: [-1], log: false }),
  LogSoftmax: (c) => c.one('Softmax', [c.input(0)], { axes: [-1], log: true }),
};
