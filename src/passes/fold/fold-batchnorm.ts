/**
 * Folds BatchNormalization, and arithmetic with per-channel constants (Scale layers), into the constants of the layer
 * before: w' = w·s, b' = b·s + t (Jacob et al., arXiv:1712.05877, §3.2). Computed in float64, rounded once.
 */
import { tensorOf, type Tensor } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Activation, Node, NodeOf } from '../../ir/ops.ts';
import { at, product } from '../../util/arrays.ts';
import { allFinite, channelAffine, type ChannelAffine } from '../lib/channel-affine.ts';
import { Copies } from '../lib/copies.ts';
import { rewriteToFixpoint, type Rewriter } from '../lib/rewriter.ts';

/**
 * Folds per-channel affine nodes into a preceding Conv, ConvTranspose, DeformConv, Gemm or MatMul with constant weights, or into a preceding
 * BatchNormalization, where that result has no other reader. A normalisation with nothing before it to take it
 * (pre-activation networks) stays. Nothing folds whose factors or products are not finite.
 */
export function foldBatchNorm(graph: Graph): Graph {
  const copies = new Copies();
  return rewriteToFixpoint(graph, (node, rewriter) => rule(node, rewriter, copies));
}

function rule(node: Node, rewriter: Rewriter, copies: Copies): readonly string[] | undefined {
  if (node.op !== 'BatchNormalization' && node.op !== 'Binary') return undefined;
  for (const input of node.inputs.slice(0, 2)) {
    const before = rewriter.producer(input);
    if (!before || !rewriter.isSole(input)) continue;
    const folded = foldInto(before, node, rewriter, copies);
    if (folded) return folded;
  }
  return undefined;
}

function foldInto(before: Node, node: Node, rewriter: Rewriter, copies: Copies): readonly string[] | undefined {
  const last = rewriter.desc(at(before.outputs, 0)).shape.length - 1;
  switch (before.op) {
    case 'Conv':
    case 'ConvTranspose':
    case 'DeformConv':
    case 'MatMul':
    case 'Gemm': {
      if (before.attributes.activation.kind !== 'none' || (before.op === 'Conv' && before.inputs[3])) return undefined;
      const affine = affineOf(node, before, last, rewriter);
      return affine && foldIntoProduct(before, affine, node, rewriter, copies);
    }
    case 'BatchNormalization': {
      if (before.attributes.activation.kind !== 'none') return undefined;
      const { axis } = before.attributes;
      const affine = affineOf(node, before, axis < 0 ? axis + last + 1 : axis, rewriter);
      return affine && foldIntoNormalization(before, affine, node, rewriter);
    }
    default:
      return undefined;
  }
}

/** The node as an affine map of `before`'s result. */
function affineOf(node: Node, before: Node, axis: number, rewriter: Rewriter): ChannelAffine | undefined {
  const affine = channelAffine(node, axis, rewriter);
  return affine && rewriter.producer(affine.value) === before ? affine : undefined;
}

type Product = NodeOf<'Conv'> | NodeOf<'ConvTranspose'> | NodeOf<'DeformConv'> | NodeOf<'MatMul'> | NodeOf<'Gemm'>;

function foldIntoProduct(
  before: Product,
  affine: ChannelAffine,
  node: Node,
  rewriter: Rewriter,
  copies: Copies,
): readonly string[] | undefined {
  const biasAt = before.op === 'DeformConv' ? 3 : 2;
  const [w, b] = [before.inputs[1] ?? '', before.inputs[biasAt] ?? ''];
  // The products of a vector operand have no channel dimension.
  if (rewriter.desc(w).shape.length < 2) return undefined;
  const onlyShifts = affine.scale.every((s) => s === 1);
  const weights = onlyShifts ? undefined : rewriter.constant(w);
  const bias = rewriter.constant(b);
  if ((!onlyShifts && !weights) || (b !== '' && !bias)) return undefined;
  if (weights && !copies.allow(w, rewriter)) return undefined;
  const rows = 'transB' in before.attributes && before.attributes.transB;
  const scaled = weights && scaleWeights(weights, affine.scale, rows);
  const shifted = shiftBias(bias, affine, before.op === 'Gemm' ? before.attributes.beta : 1);
  if ((weights && !scaled) || !shifted) return undefined;
  const inputs = [...before.inputs];
  if (scaled) inputs[1] = rewriter.addConstant(`${w}_folded`, scaled);
  inputs[biasAt] = rewriter.addConstant(`${b || at(before.outputs, 0)}_bias`, shifted);
  return emitProduct(before, inputs, affine.activation, { name: before.name, outputs: node.outputs }, rewriter);
}

function emitProduct(
  before: Product,
  inputs: readonly string[],
  activation: Activation,
  names: { name: string; outputs: readonly string[] },
  rewriter: Rewriter,
): readonly string[] {
  if (before.op === 'Gemm') return rewriter.add('Gemm', inputs, { ...before.attributes, beta: 1, activation }, names);
  return rewriter.add(before.op, inputs, { ...before.attributes, activation }, names);
}

/** Each output channel's weights times its scale. Channels are the last dimension, or the one before (`rows`). */
function scaleWeights(w: Tensor, scale: Float64Array, rows: boolean): Tensor | undefined {
  const channels = scale.length;
  const inner = rows ? at(w.shape, w.shape.length - 1) : 1;
  if (product(w.shape) % (channels * inner) !== 0) return undefined;
  const from = w.data;
  const data = new Float32Array(from.length);
  for (let i = 0, channel = 0; i < data.length; channel = (channel + 1) % channels) {
    const factor = scale[channel] ?? 0;
    for (const end = i + inner; i < end; i++) data[i] = (from[i] ?? 0) * factor;
  }
  return allFinite(data) ? { dtype: w.dtype, shape: w.shape, data } : undefined;
}

/** beta·bias·scale + shift, as a vector of one entry per channel. */
function shiftBias(bias: Tensor | undefined, { scale, shift }: ChannelAffine, beta: number): Tensor | undefined {
  const channels = scale.length;
  const dtype = bias?.dtype ?? 'float32';
  const size = bias?.data.length ?? 0;
  if (bias && size !== 1 && size !== channels) return undefined;
  if (bias && size === channels && bias.shape.at(-1) !== channels) return undefined;
  const values = shift.map((t, i) => (bias ? beta * (bias.data[size === 1 ? 0 : i] ?? 0) * at(scale, i) + t : t));
  const folded = tensorOf(dtype, [channels], values);
  return allFinite(folded.data) ? folded : undefined;
}

/** A normalisation followed by another affine map is a normalisation with other scale and bias. */
function foldIntoNormalization(
  before: NodeOf<'BatchNormalization'>,
  { scale, shift, activation }: ChannelAffine,
  node: Node,
  rewriter: Rewriter,
): readonly string[] | undefined {
  const [x = '', gamma = '', beta = '', mean = '', variance = ''] = before.inputs;
  const ownScale = rewriter.constant(gamma);
  const ownBias = rewriter.constant(beta);
  if (!ownScale || !ownBias) return undefined;
  const channels = [scale.length];
  const newScale = tensorOf(
    ownScale.dtype,
    channels,
    scale.map((s, i) => s * at(ownScale.data, i)),
  );
  const newBias = tensorOf(
    ownBias.dtype,
    channels,
    shift.map((t, i) => at(scale, i) * at(ownBias.data, i) + t),
  );
  if (!allFinite(newScale.data) || !allFinite(newBias.data)) return undefined;
  const inputs = [
    x,
    rewriter.addConstant(`${gamma}_folded`, newScale),
    rewriter.addConstant(`${beta}_folded`, newBias),
    mean,
    variance,
  ];
  const names = { name: before.name, outputs: node.outputs };
  return rewriter.add('BatchNormalization', inputs, { ...before.attributes, activation }, names);
}
