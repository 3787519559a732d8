/** Layers that normalise by statistics: of the data itself, or learnt once. */
import { tensorOf } from '../../../core/tensor.ts';
import { range } from '../../../util/arrays.ts';
import { layerNorm, standardise } from '../../lib/composites.ts';
import { asNumber, field } from '../json.ts';
import type { LayerContext, LayerTranslation } from './context.ts';

/** The axes that `axis` names, counted from the front, in its order: weights have their extents in that. */
function axesOf(c: LayerContext, fallback: number): number[] {
  const given = Array.isArray(field(c.config, 'axis')) ? c.list('axis') : [c.int('axis', fallback)];
  const axes = given.map((axis) => (axis < 0 ? axis + c.rank : axis));
  if (axes.some((axis) => axis < 0 || axis >= c.rank))
    c.fail(`axis [${given.join(', ')}] of a value of rank ${c.rank}`);
  return axes;
}

/** A weight with one dimension for each of `axes`, among dimensions of extent 1, so that it broadcasts to x. */
function along(c: LayerContext, weight: string, axes: readonly number[]): string {
  const value = c.weight(weight);
  const [first = 0] = axes;
  if (axes.every((axis, i) => axis === first + i) && first + axes.length === c.rank) return value;
  const { shape } = c.weightTensor(weight);
  return c.reshape(
    value,
    range(c.rank).map((axis) => shape[axes.indexOf(axis)] ?? 1),
  );
}

/** y · gamma + beta, as far as the layer has them. */
function affine(c: LayerContext, y: string, axes: readonly number[]): string {
  const scaled = c.bool('scale', true) ? c.binary('mul', y, along(c, 'gamma', axes)) : y;
  return c.bool('center', true) ? c.binary('add', scaled, along(c, 'beta', axes)) : scaled;
}

export const standardisedLayer: LayerTranslation = (c) => {
  if (c.bool('rms_scaling', false)) c.refuse('rms_scaling');
  const axes = axesOf(c, -1);
  const epsilon = c.number('epsilon', 1e-3);
  if (c.bool('scale', true) && c.bool('center', true)) {
    return layerNorm(c, c.x, { axes, epsilon, scale: along(c, 'gamma', axes), bias: along(c, 'beta', axes) }).y;
  }
  return affine(c, standardise(c, c.x, axes, epsilon).y, axes);
};

/** Each of `groups` groups of channels is normalised by itself, over all positions. */
export const groupNormalization: LayerTranslation = (c) => {
  const [axis = 0, ...more] = axesOf(c, -1);
  if (more.length > 0 || axis === 0) c.refuse(`axis ${String(field(c.config, 'axis'))}`);
  const groups = c.int('groups', 32);
  const last = c.rank - 1;
  const perm = [...range(c.rank).filter((i) => i !== axis), axis];
  const back = range(c.rank).map((i) => perm.indexOf(i));
  const x = axis === last ? c.x : c.one('Transpose', [c.x], { perm });
  // −1 groups: every channel is one.
  const kept = range(last).fill(0);
  const grouped = c.reshape(x, groups === -1 ? [...kept, -1, 1] : [...kept, groups, -1]);
  const axes = range(c.rank + 1).filter((i) => i !== 0 && i !== last);
  const y = c.reshape(standardise(c, grouped, axes, c.number('epsilon', 1e-3)).y, [...kept, -1]);
  return affine(c, axis === last ? y : c.one('Transpose', [y], { perm: back }), [axis]);
};

/** x divided by its Euclidean norm. */
export const unitNormalization: LayerTranslation = (c) => normalised(c, c.x, axesOf(c, -1), 1e-12);

/** x divided by its Euclidean norm over `axes`, the square of which counts as at least `least`. */
export function normalised(c: LayerContext, x: string, axes: readonly number[], least: number): string {
  const sum = c.one('Reduce', [x], { kind: 'sumSquare', axes, keepDims: true });
  const norm = c.one('Unary', [c.binary('max', sum, c.scalar('float32', least))], { kind: 'sqrt' });
  return c.binary('div', x, norm);
}

/** A constant of one number, or of one a channel. */
function numbers(c: LayerContext, key: string, fallback: number): string {
  const value = field(c.config, key);
  if (!Array.isArray(value)) return c.scalar('float32', c.number(key, fallback));
  const each = value.flat(8).map((v) => asNumber(v, `${key} of layer "${c.layer.name}"`));
  return c.constant(tensorOf('float32', [each.length], each));
}

export const rescaling: LayerTranslation = (c) => {
  const scaled = c.binary('mul', c.x, numbers(c, 'scale', 1));
  return c.binary('add', scaled, numbers(c, 'offset', 0));
};

/** (x − mean) / deviation, by numbers in the configuration or among the weights. */
export const normalization: LayerTranslation = (c) => {
  if (c.bool('invert', false)) c.refuse('invert');
  const learnt = c.hasWeight('mean');
  const axes = learnt ? axesOf(c, -1) : [];
  const mean = learnt ? along(c, 'mean', axes) : numbers(c, 'mean', 0);
  const variance = learnt ? along(c, 'variance', axes) : numbers(c, 'variance', 1);
  const deviation = c.one('Unary', [variance], { kind: 'sqrt' });
  return c.binary('div', c.binary('sub', c.x, mean), c.binary('max', deviation, c.scalar('float32', 1e-7)));
};
