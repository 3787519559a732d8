/** Translations of reductions, normalisations over axes, and searches. */
import type { ReduceKind } from '../../../ir/ops.ts';
import { tensorOf } from '../../../core/tensor.ts';
import { range } from '../../../util/arrays.ts';
import type { NodeContext, Translation } from './context.ts';

function reduce(c: NodeContext, kind: ReduceKind, x: string): string {
  const axes = c.knownInts(1, 'reduction axes');
  // An empty list reduces nothing in TensorFlow and everything in the engine.
  if (axes.length === 0) return c.one('Identity', [x], {});
  return c.one('Reduce', [x], { kind, axes, keepDims: c.attr.bool('keep_dims', false) });
}

const reduction =
  (kind: ReduceKind): Translation =>
  (c) =>
    reduce(c, kind, c.input(0));

/** Any and All: the extreme of the booleans as integers. */
const logical =
  (kind: 'max' | 'min'): Translation =>
  (c) => {
    const x = c.one('Cast', [c.input(0)], { to: 'int32' });
    return c.one('Cast', [reduce(c, kind, x)], { to: 'bool' });
  };

const argReduce =
  (kind: 'max' | 'min'): Translation =>
  (c) => {
    const axis = c.inputCount > 1 ? c.knownInt(1, 'an axis') : 0;
    return c.one('ArgReduce', [c.input(0)], { kind, axis, keepDims: false, dtype: 'int32' });
  };

const topK: Translation = (c) => {
  const [values = '', indices = ''] = c.many('TopK', [c.input(0), c.int64Input(1)], { axis: -1, largest: true }, 2);
  return [values, c.one('Cast', [indices], { to: 'int32' })];
};

/** OneHot(indices, depth, on, off) along the last axis: indices compared with 0 … depth−1. */
const oneHot: Translation = (c) => {
  const axis = c.attr.int('axis', -1);
  if (axis !== -1) c.refuse(`axis ${axis}`);
  const depth = c.knownInt(1, 'a depth');
  if (depth < 0 || depth > MAX_DEPTH) c.refuse(`depth ${depth}`);
  const classes = c.constant(tensorOf('int32', [depth], range(depth)));
  const indices = c.one('Unsqueeze', [c.input(0)], { axes: [-1] });
  return c.one('Where', [c.binary('equal', indices, classes), c.input(2), c.input(3)], {});
};

/** A vocabulary larger than this is no vision model but a damaged depth. */
const MAX_DEPTH = 2 ** 20;

const lrn: Translation = (c) => {
  const size = 2 * c.attr.int('depth_radius', 5) + 1;
  // TensorFlow multiplies the sum by alpha, the engine (as ONNX) by alpha / size.
  const alpha = c.attr.float('alpha', 1) * size;
  return c.one('LRN', [c.input(0)], { size, alpha, beta: c.attr.float('beta', 0.5), bias: c.attr.float('bias', 1) });
};

/** Rows of the operator table. */
export const REDUCTION: Readonly<Record<string, Translation>> = {
  Sum: reduction('sum'),
  Mean: reduction('mean'),
  Max: reduction('max'),
  Min: reduction('min'),
  Prod: reduction('prod'),
  EuclideanNorm: reduction('l2'),
  All: logical('min'),
  Any: logical('max'),
  ArgMax: argReduce('max'),
  ArgMin: argReduce('min'),
  TopKV2: topK,
  OneHot: oneHot,
  Softmax: (c) => c.one('Softmax', [c.input(0)], { axes: [-1], log: false }),
  LogSoftmax: (c) => c.one('Softmax', [c.input(0)], { axes: [-1], log: true }),
  LRN: lrn,
};
