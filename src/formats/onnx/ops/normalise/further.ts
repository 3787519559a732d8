/** Normalisations by statistics of the data itself. */
import type { DType } from '../../../../core/dtype.ts';
import { range } from '../../../../util/arrays.ts';
import { aroundChannelsLast, spatialDims } from '../../../lib/channels-first.ts';
import { groupNorm, instanceNorm, layerNorm, lpNorm, rmsNorm } from '../../../lib/composites.ts';
import type { OnnxNode } from '../../node.ts';
import { unsqueezeEnd } from '../elementwise/arithmetic.ts';
import { NORMALISE } from './common.ts';

/** Half-precision data is normalised in float32, as onnxruntime does, and rounded once, at the end. */
export function statistics(n: OnnxNode): Readonly<Record<'widened' | 'narrowed', (value: string) => string>> {
  const { dtype } = n.facts(0);
  const own = dtype === 'float16' || dtype === 'bfloat16' ? dtype : undefined;
  const cast = (value: string, to: DType = 'float32'): string =>
    own && value !== '' ? n.one('Cast', [value], { to }) : value;
  return { widened: (value) => cast(value), narrowed: (value) => cast(value, own) };
}

/** Applies `compute`, which keeps the shape `[N, C, …S]`, to the node's input; one whose rank is not known is a series to it. */
function ofAnyRank(n: OnnxNode, compute: (x: string, rank: number) => string): string {
  const [x, rank] = [n.input(0), n.rankKept];
  if (rank !== undefined) return compute(x, rank);
  return n.reshapeTo(compute(n.reshape(x, [0, 0, -1]), 3), n.one('Shape', [x], {}));
}

/** The axes from `axis` on. Where the rank is not known, an `axis` from the end says as much. */
export function axesFrom(n: OnnxNode, axis: number): number[] {
  if (axis < 0) return range(-axis).map((i) => axis + i);
  const rank = n.rankKept ?? n.rank(0);
  if (axis >= rank) n.fail(`axis = ${axis} of a tensor of rank ${rank}`);
  return range(rank - axis).map((i) => axis + i);
}

/** Outputs 1 and 2 are the mean and the reciprocal of the deviation. */
export function layerNormalization(n: OnnxNode): string[] {
  n.attr.ignore('stash_type'); // precision of the statistics; float32 either way
  const axes = axesFrom(n, n.attr.int('axis', -1));
  const epsilon = n.attr.float('epsilon', 1e-5);
  const { widened, narrowed } = statistics(n);
  const spec = { axes, epsilon, scale: widened(n.input(1)), bias: widened(n.optional(2)) };
  const { mean, deviation, ...normalised } = layerNorm(n, widened(n.input(0)), spec);
  const y = likeInput(n, narrowed(normalised.y));
  if (n.wants(2)) return [y, mean, n.one('Unary', [deviation], { kind: 'reciprocal' })];
  return n.wants(1) ? [y, mean] : [y];
}

export function rmsNormalization(n: OnnxNode): string {
  n.attr.ignore('stash_type');
  const axes = axesFrom(n, n.attr.int('axis', -1));
  const { widened, narrowed } = statistics(n);
  const { y } = rmsNorm(n, widened(n.input(0)), { axes, epsilon: n.attr.float('epsilon', 1e-5) });
  return likeInput(n, narrowed(n.binary('mul', y, widened(n.input(1)))));
}

/** The number of the input's channels, as a list: what a scale of another number of elements cannot be reshaped to. */
function channelsOf(n: OnnxNode): string {
  return n.one('Gather', [n.one('Shape', [n.input(0)], {}), n.ints([1])], { axis: 0 });
}

/** Refuses, once shapes are known, what broadcasting made larger than input 0. */
export function likeInput(n: OnnxNode, y: string): string {
  return n.one('Reshape', [y, n.one('Shape', [n.input(0)], {})], { allowZero: true });
}

/** Before opset 21 scale and bias are those of the groups, since then of the channels. */
export function groupNormalizationOp(n: OnnxNode): string {
  n.attr.ignore('stash_type');
  const groups = n.attr.int('num_groups', 0);
  if (groups < 1) n.fail(`num_groups = ${groups}`);
  const { widened, narrowed } = statistics(n);
  const perChannel = n.opset >= 21;
  const count = perChannel ? channelsOf(n) : n.ints([groups]);
  const column = (index: number): string =>
    n.one('Unsqueeze', [widened(n.reshapeTo(n.input(index), count))], { axes: [1] });
  const [scale, bias] = [column(1), column(2)];
  const affine = (y: string): string => n.binary('add', n.binary('mul', y, scale), bias);
  const epsilon = n.attr.float('epsilon', 1e-5);
  const where = perChannel ? { perChannel: affine } : { perGroup: affine };
  return narrowed(groupNorm(n, widened(n.input(0)), { groups, epsilon, ...where }));
}

export function instanceNormalization(n: OnnxNode): string {
  n.attr.ignore('consumed_inputs');
  const epsilon = n.attr.float('epsilon', 1e-5);
  const { widened, narrowed } = statistics(n);
  return ofAnyRank(n, (x, rank) => {
    if (rank < 3) n.fail(`instance normalisation of a tensor of rank ${rank}`);
    const count = channelsOf(n);
    const list = (index: number): string => widened(n.reshapeTo(n.input(index), count));
    const spec = { rank, epsilon, scale: list(1), bias: list(2) };
    return narrowed(instanceNorm(n, widened(x), spec));
  });
}

/**
 * By the statistics of the batch, which then move the given ones: old · momentum + new · (1 − momentum). Before opset 14
 * the batch's mean and the reciprocal of its deviation follow, as onnxruntime has them.
 */
export function trainedBatchNormalization(n: OnnxNode): string | readonly string[] {
  const isTest = n.opset < 7 && n.attr.int('is_test', 0) !== 0;
  if (isTest || (n.opset >= 14 && !n.attr.flag('training_mode', false))) return NORMALISE.BatchNormalization(n);
  n.attr.ignore('consumed_inputs');
  n.attr.only('spatial', 1);
  const rank = n.rankKept ?? n.rank(0);
  if (rank < 2) n.fail(`batch normalisation of a tensor of rank ${rank}`);
  const axes = range(rank).filter((axis) => axis !== 1);
  const momentum = n.attr.float('momentum', 0.9);
  const { widened, narrowed } = statistics(n);
  const perChannel = (value: string): string => {
    return rank === 2 ? value : n.one('Unsqueeze', [value], { axes: range(rank - 2).map((axis) => axis + 1) });
  };
  const [scale, bias] = [perChannel(widened(n.input(1))), perChannel(widened(n.input(2)))];
  const spec = { axes, epsilon: n.attr.float('epsilon', 1e-5), scale, bias };
  const { y, mean, variance, deviation } = layerNorm(n, widened(n.input(0)), spec);
  const list = (value: string): string => n.reshape(value, [-1]);
  const moved = (index: number, batch: string): string => {
    const half = n.facts(index).dtype === 'float16';
    const given = half ? n.one('Cast', [n.input(index)], { to: 'float32' }) : n.input(index);
    const share = (value: string, of: number): string => n.binary('mul', value, n.scalar('float32', of));
    const sum = n.binary('add', share(given, momentum), share(list(batch), 1 - momentum));
    return half ? n.one('Cast', [sum], { to: 'float16' }) : sum;
  };
  const results = [narrowed(y), moved(3, mean), moved(4, variance)];
  if (n.opset >= 14) return results;
  return [...results, list(mean), list(n.one('Unary', [deviation], { kind: 'reciprocal' }))];
}

/** (x − mean) / (deviation + 1e-9), as the operator's function has it. */
export function meanVarianceNormalization(n: OnnxNode): string {
  const axes = n.attr.ints('axes') ?? [0, 2, 3];
  const { widened, narrowed } = statistics(n);
  const x = widened(n.input(0));
  const mean = (value: string): string => n.one('Reduce', [value], { kind: 'mean', axes, keepDims: true });
  const centred = n.binary('sub', x, mean(x));
  const variance = mean(n.one('Unary', [centred], { kind: 'square' }));
  const deviation = n.one('Unary', [variance], { kind: 'sqrt' });
  return narrowed(n.binary('div', centred, n.binary('add', deviation, n.scalar('float32', 1e-9))));
}

/** One where the largest element is, the first of equal ones, and zero elsewhere; of which rows see softmax. */
export function hardmax(n: OnnxNode): string {
  const x = n.input(0);
  if (n.opset >= 13) return largest(n, x, n.attr.int('axis', -1));
  const rows = n.one('Flatten', [x], { axis: n.attr.int('axis', 1) });
  const shape = n.one('Shape', [x], {});
  return n.one('Reshape', [largest(n, rows, -1), shape], { allowZero: true });
}

function largest(n: OnnxNode, x: string, axis: number): string {
  const behind = axis < 0 ? -axis - 1 : (n.rankKept ?? n.rank(0)) - axis - 1;
  const best = n.one('ArgReduce', [x], { kind: 'max', axis, keepDims: true, last: false, dtype: 'int64' });
  const extent = n.one('Gather', [n.one('Shape', [x], {}), n.scalar('int64', axis)], { axis: 0 });
  const positions = n.one('Range', [n.scalar('int64', 0), extent, n.scalar('int64', 1)], {});
  const spread = behind > 0 ? unsqueezeEnd(n, positions, 1, behind) : positions;
  return n.one('Cast', [n.binary('equal', best, spread)], { to: n.facts(0).dtype ?? 'float32' });
}

export function lpNormalization(n: OnnxNode): string {
  const p = n.attr.int('p', 2);
  if (p !== 1 && p !== 2) n.refuse(`p = ${p}`);
  return lpNorm(n, n.input(0), { p, axis: n.attr.int('axis', -1) });
}

export function lrn(n: OnnxNode): string {
  const attributes = {
    size: n.attr.int('size', 0),
    alpha: n.attr.float('alpha', 0.0001),
    beta: n.attr.float('beta', 0.75),
    bias: n.attr.float('bias', 1),
  };
  if (attributes.size < 1) n.fail(`size = ${attributes.size}`);
  return ofAnyRank(n, (x, rank) => {
    spatialDims(n, rank);
    return aroundChannelsLast(n, x, rank, (image) => n.main('LRN', [image], attributes));
  });
}
