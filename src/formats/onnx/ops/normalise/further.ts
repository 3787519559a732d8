/** Normalisations by statistics of the data itself. */
import { range } from '../../../../util/arrays.ts';
import { aroundChannelsLast, spatialDims } from '../../../lib/channels-first.ts';
import { instanceNorm, layerNorm, lpNorm } from '../../../lib/composites.ts';
import type { OnnxNode } from '../../node.ts';

/** Outputs 1 and 2 are the mean and the reciprocal of the deviation. */
export function layerNormalization(n: OnnxNode): string[] {
  n.attr.ignore('stash_type'); // precision of the statistics; float32 either way
  const axis = n.attr.int('axis', -1);
  const rank = axis === -1 ? 1 : n.rank(0);
  const from = axis < 0 ? axis + rank : axis;
  const axes = axis === -1 ? [-1] : range(rank - from).map((i) => from + i);
  const epsilon = n.attr.float('epsilon', 1e-5);
  const spec = { axes, epsilon, scale: n.input(1), bias: n.optional(2) };
  const { y, mean, deviation } = layerNorm(n, n.input(0), spec);
  if (n.wants(2)) return [y, mean, n.one('Unary', [deviation], { kind: 'reciprocal' })];
  return n.wants(1) ? [y, mean] : [y];
}

export function instanceNormalization(n: OnnxNode): string {
  n.attr.ignore('consumed_inputs');
  const rank = n.rank(0);
  if (rank < 3) n.fail(`instance normalisation of a tensor of rank ${rank}`);
  const epsilon = n.attr.float('epsilon', 1e-5);
  return instanceNorm(n, n.input(0), { rank, epsilon, scale: n.input(1), bias: n.input(2) });
}

export function lpNormalization(n: OnnxNode): string {
  const p = n.attr.int('p', 2);
  if (p !== 1 && p !== 2) n.refuse(`p = ${p}`);
  return lpNorm(n, n.input(0), p, n.attr.int('axis', -1));
}

export function lrn(n: OnnxNode): string {
  const rank = n.rank(0);
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
