/** Reductions, soft maxima and batch normalisation: operators that combine elements along axes. */
import { NO_ACTIVATION, type ReduceKind } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import type { OnnxNode } from '../node.ts';
import type { OpImport, OpTable } from './table.ts';

/** Reductions that leave a single element as it is: what `noop_with_empty_axes` promises for them. */
const KEEPS_ONE: readonly ReduceKind[] = ['sum', 'mean', 'max', 'min', 'prod'];

function reduce(kind: ReduceKind): OpImport {
  return (n) => {
    const axes = n.intsOrInput('axes', 1) ?? [];
    const keepDims = n.flag('keepdims', true);
    if (n.flag('noop_with_empty_axes', false) && axes.length === 0) {
      if (!KEEPS_ONE.includes(kind)) n.refuse('noop_with_empty_axes = 1');
      n.result('Identity', [n.in(0)], {});
      return;
    }
    n.result('Reduce', [n.in(0)], { kind, axes, keepDims });
  };
}

/** From opset 13 over one axis; before, over all axes from `axis` on. */
function softmax(log: boolean): OpImport {
  return (n) => {
    const x = n.in(0);
    if (n.opset >= 13) {
      n.result('Softmax', [x], { axes: [n.int('axis', -1)], log });
      return;
    }
    const axis = n.int('axis', 1);
    const { rank } = n.facts(0);
    if (axis === -1 || rank !== undefined) {
      const from = axis < 0 && rank !== undefined ? axis + rank : axis;
      n.result('Softmax', [x], { axes: rank === undefined ? [-1] : range(rank - from).map((i) => from + i), log });
      return;
    }
    // The rank is not known here: normalise the rows of the flattened matrix and restore the shape.
    const rows = n.main('Softmax', [n.temp('Flatten', [x], { axis })], { axes: [1], log });
    n.result('Reshape', [rows, n.temp('Shape', [x], {})], { allowZero: true });
  };
}

function batchNormalization(n: OnnxNode): void {
  n.ignore('momentum', 'consumed_inputs');
  n.only('training_mode', 0);
  n.only('spatial', 1);
  if (n.opset < 7 && n.has('is_test')) n.only('is_test', 1);
  const inputs = [n.in(0), n.in(1), n.in(2), n.in(3), n.in(4)];
  n.result('BatchNormalization', inputs, {
    axis: 1,
    epsilon: n.float('epsilon', 1e-5),
    activation: NO_ACTIVATION,
  });
}

/** Operators along axes. */
export const REDUCE: OpTable = {
  ReduceSum: reduce('sum'),
  ReduceMean: reduce('mean'),
  ReduceMax: reduce('max'),
  ReduceMin: reduce('min'),
  ReduceProd: reduce('prod'),
  ReduceL1: reduce('l1'),
  ReduceL2: reduce('l2'),
  ReduceSumSquare: reduce('sumSquare'),
  ReduceLogSumExp: reduce('logSumExp'),
  Softmax: softmax(false),
  LogSoftmax: softmax(true),
  BatchNormalization: batchNormalization,
};
