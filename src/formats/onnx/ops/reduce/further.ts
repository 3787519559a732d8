/** Reductions that classifiers have no use for: norms and logarithms of sums, where the extremes are, and sums up to each element. */
import { isFloat } from '../../../../core/dtype.ts';
import type { ReduceKind } from '../../../../ir/ops.ts';
import type { OnnxNode } from '../../node.ts';
import { reduced } from './reduce.ts';

/** What `compute` makes of a float; an integer is brought to float32 before, and back, which drops the fraction. */
function ofReal(n: OnnxNode, x: string, compute: (x: string) => string): string {
  const { dtype = 'float32' } = n.facts(0);
  if (isFloat(dtype)) return compute(x);
  return n.one('Cast', [compute(n.one('Cast', [x], { to: 'float32' }))], { to: dtype });
}

const realReduction =
  (kind: ReduceKind) =>
  (n: OnnxNode): string =>
    ofReal(n, n.input(0), (x) => reduced(n, kind, x));

export const reduceL2 = realReduction('l2');
export const reduceLogSumExp = realReduction('logSumExp');

export function reduceLogSum(n: OnnxNode): string {
  return ofReal(n, reduced(n, 'sum'), (sum) => n.one('Unary', [sum], { kind: 'log' }));
}

function argReduce(n: OnnxNode, kind: 'max' | 'min'): string {
  const attributes = {
    axis: n.attr.int('axis', 0),
    keepDims: n.attr.flag('keepdims', true),
    last: n.attr.flag('select_last_index', false),
  };
  return n.one('ArgReduce', [n.input(0)], { kind, ...attributes, dtype: 'int64' });
}

export function argMax(n: OnnxNode): string {
  return argReduce(n, 'max');
}

export function argMin(n: OnnxNode): string {
  return argReduce(n, 'min');
}

export function cumSum(n: OnnxNode): string {
  const { list, inputs } = n.listed('axis');
  const [axis = 0] = list;
  const how = { exclusive: n.attr.flag('exclusive', false), reverse: n.attr.flag('reverse', false) };
  return n.one('CumSum', [n.input(0), ...inputs], { axis, ...how });
}
