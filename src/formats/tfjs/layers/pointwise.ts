/** Translations of the other layers: dense, normalisation, activations, merges, reshapes, and what does nothing here. */
import type { Activation, BinaryKind } from '../../../ir/ops.ts';
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { asArray, asInteger, field, isObject } from '../json.ts';
import type { Rows } from '../../lib/translate.ts';
import type { LayerContext, LayerTranslation } from './context.ts';

const dense: LayerTranslation = (c) => {
  const bias = c.bool('use_bias', true) ? [c.weight('bias')] : [];
  return c.withActivation(c.activation(), (activation) =>
    c.one('MatMul', [c.x, c.weight('kernel'), ...bias], { transA: false, transB: false, activation }),
  );
};

/** The one axis of a BatchNormalization or Softmax: a number, or a list of one. */
function oneAxis(c: LayerContext): number {
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

const leakyRelu: LayerTranslation = (c) =>
  c.activate(c.x, { kind: 'leakyRelu', alpha: c.number('alpha', c.number('negative_slope', 0.3)), beta: 0 });

const softmax: LayerTranslation = (c) => c.one('Softmax', [c.x], { axes: [oneAxis(c)], log: false });

/** One function of two operands over all of them; a single operand is the result. */
export function mergeAll(c: LayerContext, kind: BinaryKind): string {
  const [first = '', ...others] = c.operands;
  return others.reduce((folded, next) => c.binary(kind, folded, next), first);
}

/** A layer of one function of two operands. */
export const merge =
  (kind: BinaryKind): LayerTranslation =>
  (c) =>
    mergeAll(c, kind);

const concatenate: LayerTranslation = (c) => c.one('Concat', c.operands, { axis: c.int('axis', -1) });

const flatten: LayerTranslation = (c) => {
  const layout = c.string('data_format', 'channels_last');
  if (layout !== 'channels_last') c.refuse(`data_format ${layout}`);
  return c.one('Flatten', [c.x], { axis: 1 });
};

/** Keras shapes leave the batch out: the 0 in front copies it. TensorFlow.js writes null for an extent to infer. */
const reshape: LayerTranslation = (c) => {
  const target = asArray(field(c.config, 'target_shape'), `target_shape of layer "${c.layer.name}"`);
  return c.reshape(c.x, [0, ...target.map((d) => (d === null ? -1 : asInteger(d, 'an extent of target_shape')))]);
};

const rescaling: LayerTranslation = (c) => {
  if (isObject(field(c.config, 'scale')) || Array.isArray(field(c.config, 'scale'))) c.refuse('a scale per channel');
  const scaled = c.binary('mul', c.x, c.scalar('float32', c.number('scale', 1)));
  return c.binary('add', scaled, c.scalar('float32', c.number('offset', 0)));
};

/** A layer that only does something while training. */
export const identity: LayerTranslation = (c) => c.one('Identity', [c.x], {});

/** Rows of the layer table: what common networks have. */
export const POINTWISE: Rows<LayerContext> = {
  Dense: dense,
  BatchNormalization: batchNorm,
  Activation: activation,
  ReLU: relu,
  LeakyReLU: leakyRelu,
  Softmax: softmax,
  Add: merge('add'),
  Multiply: merge('mul'),
  Concatenate: concatenate,
  Flatten: flatten,
  Reshape: reshape,
  Rescaling: rescaling,
  Dropout: identity,
};
