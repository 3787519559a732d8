/** Reductions, extremes, soft maxima and normalisations: operators that combine elements along axes. */
import { NO_ACTIVATION, type BinaryKind, type ReduceKind } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import type { OnnxNode } from '../node.ts';
import { scalar } from './elementwise.ts';
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

function reduceLogSum(n: OnnxNode): void {
  const axes = n.intsOrInput('axes', 1) ?? [];
  if (n.flag('noop_with_empty_axes', false) && axes.length === 0) n.refuse('noop_with_empty_axes = 1');
  const sum = n.main('Reduce', [n.in(0)], { kind: 'sum', axes, keepDims: n.flag('keepdims', true) });
  n.result('Unary', [sum], { kind: 'log' });
}

function argReduce(kind: 'max' | 'min'): OpImport {
  return (n) => {
    n.only('select_last_index', 0);
    const attributes = { axis: n.int('axis', 0), keepDims: n.flag('keepdims', true) };
    n.result('ArgReduce', [n.in(0)], { kind, ...attributes, dtype: 'int64' });
  };
}

/** Before opset 10 `k` is an attribute. Unsorted results may come in any order, so sorted ones do. */
function topK(n: OnnxNode): void {
  n.ignore('sorted');
  const k = n.has('k') ? n.intsConstant([n.int('k', 0)]) : n.in(1);
  n.result('TopK', [n.in(0), k], { axis: n.int('axis', -1), largest: n.flag('largest', true) }, 2);
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

function binary(n: OnnxNode, kind: BinaryKind, a: string, b: string): string {
  return n.temp('Binary', [a, b], { kind, activation: NO_ACTIVATION });
}

/** What normalising over some axes computes on the way. */
interface Standardised {
  /** (x − mean) / sqrt(variance + epsilon). */
  readonly y: string;
  readonly mean: string;
  /** sqrt(variance + epsilon). */
  readonly deviation: string;
}

function standardise(n: OnnxNode, axes: readonly number[], epsilon: number): Standardised {
  const x = n.in(0);
  const mean = n.temp('Reduce', [x], { kind: 'mean', axes, keepDims: true });
  const centred = binary(n, 'sub', x, mean);
  const square = n.temp('Unary', [centred], { kind: 'square' });
  const variance = n.temp('Reduce', [square], { kind: 'mean', axes, keepDims: true });
  const deviation = n.temp('Unary', [binary(n, 'add', variance, scalar(n, epsilon))], { kind: 'sqrt' });
  return { y: binary(n, 'div', centred, deviation), mean, deviation };
}

function scaleAndShift(n: OnnxNode, x: string, scale: string, bias: string): void {
  const add = { kind: 'add', activation: NO_ACTIVATION } as const;
  const mul = { kind: 'mul', activation: NO_ACTIVATION } as const;
  if (bias === '') n.result('Binary', [x, scale], mul);
  else n.result('Binary', [n.main('Binary', [x, scale], mul), bias], add);
}

/** Outputs 1 and 2 are the mean and the reciprocal of the deviation. */
function layerNormalization(n: OnnxNode): void {
  n.ignore('stash_type'); // precision of the statistics; float32 either way
  const axis = n.int('axis', -1);
  const rank = axis === -1 ? 1 : n.rank(0);
  const from = axis < 0 ? axis + rank : axis;
  const axes = axis === -1 ? [-1] : range(rank - from).map((i) => from + i);
  const { y, mean, deviation } = standardise(n, axes, n.float('epsilon', 1e-5));
  scaleAndShift(n, y, n.in(1), n.optional(2));
  if (n.wants(1)) n.extra(1, 'Identity', [mean], {});
  if (n.wants(2)) n.extra(2, 'Unary', [deviation], { kind: 'reciprocal' });
}

function instanceNormalization(n: OnnxNode): void {
  n.ignore('consumed_inputs');
  const rank = n.rank(0);
  if (rank < 3) n.fail(`instance normalisation of a tensor of rank ${rank}`);
  const axes = range(rank - 2).map((i) => i + 2);
  const perChannel = (index: number): string =>
    n.temp('Unsqueeze', [n.in(index)], { axes: axes.map((axis) => axis - 1) });
  scaleAndShift(n, standardise(n, axes, n.float('epsilon', 1e-5)).y, perChannel(1), perChannel(2));
}

function lpNormalization(n: OnnxNode): void {
  const p = n.int('p', 2);
  if (p !== 1 && p !== 2) n.refuse(`p = ${p}`);
  const attributes = { kind: p === 1 ? 'l1' : 'l2', axes: [n.int('axis', -1)], keepDims: true } as const;
  const norm = n.temp('Reduce', [n.in(0)], attributes);
  n.result('Binary', [n.in(0), norm], { kind: 'div', activation: NO_ACTIVATION });
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
  ReduceLogSum: reduceLogSum,
  ArgMax: argReduce('max'),
  ArgMin: argReduce('min'),
  TopK: topK,
  Softmax: softmax(false),
  LogSoftmax: softmax(true),
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  LpNormalization: lpNormalization,
};
