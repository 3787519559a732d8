/** Normalisations by statistics of the data itself. */
import type { DType } from '../../../../core/dtype.ts';
import { range } from '../../../../util/arrays.ts';
import { aroundChannelsLast, spatialDims } from '../../../lib/channels-first.ts';
import { instanceNorm, layerNorm, lpNorm } from '../../../lib/composites.ts';
import type { OnnxNode } from '../../node.ts';

/** Half-precision data is normalised in float32, as onnxruntime does, and rounded once, at the end. */
function statistics(n: OnnxNode): Readonly<Record<'widened' | 'narrowed', (value: string) => string>> {
  const half = n.facts(0).dtype === 'float16';
  const cast = (value: string, to: DType): string => (half && value !== '' ? n.one('Cast', [value], { to }) : value);
  return { widened: (value) => cast(value, 'float32'), narrowed: (value) => cast(value, 'float16') };
}

/** Outputs 1 and 2 are the mean and the reciprocal of the deviation. */
export function layerNormalization(n: OnnxNode): string[] {
  n.attr.ignore('stash_type'); // precision of the statistics; float32 either way
  const axis = n.attr.int('axis', -1);
  const rank = axis === -1 ? 1 : n.rankKept();
  const from = axis < 0 ? axis + rank : axis;
  const axes = axis === -1 ? [-1] : range(rank - from).map((i) => from + i);
  const epsilon = n.attr.float('epsilon', 1e-5);
  const { widened, narrowed } = statistics(n);
  const spec = { axes, epsilon, scale: widened(n.input(1)), bias: widened(n.optional(2)) };
  const { mean, deviation, ...normalised } = layerNorm(n, widened(n.input(0)), spec);
  const y = narrowed(normalised.y);
  if (n.wants(2)) return [y, mean, n.one('Unary', [deviation], { kind: 'reciprocal' })];
  return n.wants(1) ? [y, mean] : [y];
}

export function instanceNormalization(n: OnnxNode): string {
  n.attr.ignore('consumed_inputs');
  const rank = n.rankKept();
  if (rank < 3) n.fail(`instance normalisation of a tensor of rank ${rank}`);
  const epsilon = n.attr.float('epsilon', 1e-5);
  const { widened, narrowed } = statistics(n);
  const spec = { rank, epsilon, scale: widened(n.input(1)), bias: widened(n.input(2)) };
  return narrowed(instanceNorm(n, widened(n.input(0)), spec));
}

export function lpNormalization(n: OnnxNode): string {
  const p = n.attr.int('p', 2);
  if (p !== 1 && p !== 2) n.refuse(`p = ${p}`);
  return lpNorm(n, n.input(0), p, n.attr.int('axis', -1));
}

export function lrn(n: OnnxNode): string {
  const rank = n.rankKept();
  spatialDims(n, rank);
  const attributes = {
    size: n.attr.int('size', 0),
    alpha: n.attr.float('alpha', 0.0001),
    beta: n.attr.float('beta', 0.75),
    bias: n.attr.float('bias', 1),
  };
  if (attributes.size < 1) n.fail(`size = ${attributes.size}`);
  return aroundChannelsLast(n, n.input(0), rank, (x) => n.main('LRN', [x], attributes));
}
