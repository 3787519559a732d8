/** Translations of the other layers: dense, normalisation, activations, merges, reshapes, and what does nothing here. */
import type { Activation, BinaryKind } from '../../../ir/ops.ts';
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { most, range } from '../../../util/arrays.ts';
import { channelsLast } from '../../lib/channels-first.ts';
import type { Rows } from '../../lib/translate.ts';
import { field } from '../json.ts';
import type { LayerContext, LayerTranslation } from './context.ts';

const dense: LayerTranslation = (c) => {
  const bias = c.bool('use_bias', true) ? [c.weight('bias')] : [];
  return c.withActivation(c.activation(), (activation) =>
    c.one('MatMul', [c.x, c.weight('kernel'), ...bias], { transA: false, transB: false, activation }),
  );
};

/** The one axis of a BatchNormalization or Softmax: a number, or a list of one. */
export function oneAxis(c: LayerContext): number {
  const value = field(c.config, 'axis');
  if (!Array.isArray(value)) return c.int('axis', -1);
  const [axis, ...rest] = c.list('axis');
  if (axis === undefined || rest.length > 0) c.refuse(`axis ${JSON.stringify(value)}`);
  return axis;
}

const batchNorm: LayerTranslation = (c) => {
  const channels = c.weightTensor('moving_mean').shape[0] ?? 0;
  const scale = c.bool('scale', true) ? c.weight('gamma') : c.filled(channels, 1);
  const shift = c.bool('center', true) ? c.weight('beta') : c.filled(channels, 0);
  return c.one('BatchNormalization', [c.x, scale, shift, c.weight('moving_mean'), c.weight('moving_variance')], {
    axis: oneAxis(c),
    epsilon: c.number('epsilon', 1e-3),
    activation: NO_ACTIVATION,
  });
};

const activation: LayerTranslation = (c) => c.withActivation(c.activation(), (f) => identityOr(c, c.x, f));

function identityOr(c: LayerContext, x: string, f: Activation): string {
  return f.kind === 'none' ? c.one('Identity', [x], {}) : c.activate(x, f);
}

/** A ReLU with a ceiling and a slope: max_value bounds from above, negative_slope applies below the threshold 0. */
const relu: LayerTranslation = (c) => {
  const threshold = c.number('threshold', 0);
  if (threshold !== 0) c.refuse(`threshold ${threshold}`);
  const slope = c.number('negative_slope', 0);
  const ceiling = c.number('max_value', Infinity);
  const bounded: Activation = { kind: 'clip', alpha: 0, beta: ceiling };
  if (slope === 0) return c.activate(c.x, ceiling === Infinity ? { kind: 'relu', alpha: 0, beta: 0 } : bounded);
  const y = c.activate(c.x, { kind: 'leakyRelu', alpha: slope, beta: 0 });
  return ceiling === Infinity ? y : c.binary('min', y, c.scalar('float32', ceiling));
};

/** One function of two operands over all of them; a single operand is the result. One of fewer dimensions gets more behind its batch. */
export function mergeAll(c: LayerContext, kind: BinaryKind): string {
  const rank = most(c.ranks);
  const [first = '', ...others] = c.operands.map((x, i) => {
    const missing = rank - (c.ranks[i] ?? rank);
    return missing === 0 ? x : c.one('Unsqueeze', [x], { axes: range(missing).map((axis) => axis + 1) });
  });
  return others.reduce((folded, next) => c.binary(kind, folded, next), first);
}

/** A layer of one function of two operands. */
export const merge =
  (kind: BinaryKind): LayerTranslation =>
  (c) =>
    mergeAll(c, kind);

const concatenate: LayerTranslation = (c) => c.one('Concat', c.operands, { axis: c.int('axis', -1) });

/** The elements of an image lie as if its channels were last, whatever its layout. */
const flatten: LayerTranslation = (c) => {
  const x = c.channelsFirst && c.rank > 2 ? channelsLast(c, c.x, c.rank) : c.x;
  return c.one('Flatten', [x], { axis: 1 });
};

/** A layer that only does something while training. */
export const identity: LayerTranslation = (c) => c.one('Identity', [c.x], {});

/** Rows of the layer table: what common networks have. */
export const POINTWISE: Rows<LayerContext> = {
  Dense: dense,
  BatchNormalization: batchNorm,
  Activation: activation,
  ReLU: relu,
  Add: merge('add'),
  Multiply: merge('mul'),
  Concatenate: concatenate,
  Flatten: flatten,
  Dropout: identity,
};
