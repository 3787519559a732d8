/** Normalisations by statistics of the data itself, in terms of reductions and arithmetic. */
import { NO_ACTIVATION, type BinaryKind } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import type { OnnxNode } from '../node.ts';
import { scalar } from './elementwise.ts';
import type { OpTable } from './table.ts';

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

/** Normalisations. */
export const NORMALISE: OpTable = {
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  LpNormalization: lpNormalization,
};
