/**
 * One spelling for each thing: no operator that does nothing, one Reshape instead of Squeeze, Unsqueeze and Flatten, one
 * global average pool.
 */
import { normalizeAxis } from '../core/broadcast.ts';
import { isFloat } from '../core/dtype.ts';
import { VIEWS } from '../ir/facts.ts';
import type { Graph, ValueDesc } from '../ir/graph.ts';
import type { Node, NodeOf } from '../ir/ops.ts';
import { resolveSlice } from '../ir/shapes/slice.ts';
import { at, sameArray } from '../util/arrays.ts';
import { constantInts, splitConstant, uniformValue } from './lib/constants.ts';
import { composePerms, fullPerm, isIdentityPerm } from './lib/permutation.ts';
import { rewriteToFixpoint, type Rewriter } from './lib/rewriter.ts';

/**
 * Removes operators that leave their input as it is; writes Squeeze, Unsqueeze and Flatten as Reshape with a constant
 * shape, and the mean over rows and columns as GlobalAveragePool; merges Reshape after Reshape and Transpose after
 * Transpose.
 */
export function canonicalise(graph: Graph): Graph {
  return rewriteToFixpoint(graph, rule);
}

function rule(node: Node, rewriter: Rewriter): readonly string[] | undefined {
  if (isNoOp(node, rewriter)) return [at(node.inputs, 0)];
  switch (node.op) {
    case 'Squeeze':
    case 'Unsqueeze':
    case 'Flatten':
      return reshape(node, rewriter, at(node.inputs, 0));
    case 'Reshape': {
      const before = rewriter.producerOf(node.inputs[0], 'Reshape');
      if (before) return reshape(node, rewriter, at(before.inputs, 0));
      return isCanonicalReshape(node, rewriter) ? undefined : reshape(node, rewriter, at(node.inputs, 0));
    }
    case 'Transpose':
      return transpose(node, rewriter);
    case 'Reduce':
      return globalAverage(node, rewriter);
    default:
      return undefined;
  }
}

/** `value` under the shape of the node's output. */
function reshape(node: Node, rewriter: Rewriter, value: string): readonly string[] {
  const wanted = rewriter.desc(at(node.outputs, 0));
  if (sameExtents(wanted, rewriter.desc(value))) return [value];
  const ints = rewriter.addInts(`${at(node.outputs, 0)}_shape`, reshapeTarget(wanted));
  return rewriter.add('Reshape', [value, ints], { allowZero: true }, node);
}

function isCanonicalReshape(node: NodeOf<'Reshape'>, rewriter: Rewriter): boolean {
  const wanted = constantInts(rewriter, node.inputs[1]);
  const target = reshapeTarget(rewriter.desc(at(node.outputs, 0)));
  return wanted !== undefined && node.attributes.allowZero && sameArray(wanted, target);
}

/** A shape as Reshape takes it: the extent that depends on data is what is left. */
function reshapeTarget({ shape, bounded }: ValueDesc): readonly number[] {
  return bounded ? shape.with(bounded.axis, -1) : shape;
}

/** True for the same extents, the one that depends on data included. */
function sameExtents(a: ValueDesc, b: ValueDesc): boolean {
  return sameArray(a.shape, b.shape) && a.bounded?.axis === b.bounded?.axis && a.bounded?.count === b.bounded?.count;
}

function transpose(node: NodeOf<'Transpose'>, rewriter: Rewriter): readonly string[] | undefined {
  const input = at(node.inputs, 0);
  const { shape } = rewriter.desc(input);
  const perm = fullPerm(node.attributes.perm, shape.length);
  const before = rewriter.producerOf(input, 'Transpose');
  if (before) {
    const source = at(before.inputs, 0);
    const merged = composePerms(fullPerm(before.attributes.perm, shape.length), perm);
    return isIdentityPerm(merged) ? [source] : rewriter.add('Transpose', [source], { perm: merged }, node);
  }
  return node.attributes.perm.length === 0 && perm.length > 0
    ? rewriter.add('Transpose', [input], { perm }, node)
    : undefined;
}

/** The mean of a `[N, H, W, C]` map over H and W, whose kernels are made for that. */
function globalAverage(node: NodeOf<'Reduce'>, rewriter: Rewriter): readonly string[] | undefined {
  const { kind, axes, keepDims } = node.attributes;
  const input = at(node.inputs, 0);
  const { dtype, shape, bounded } = rewriter.desc(input);
  const spatial = sameArray(axes.map((a) => normalizeAxis(a, shape.length)).sort(), [1, 2]);
  if (bounded || kind !== 'mean' || shape.length !== 4 || !spatial || !isFloat(dtype) || shape.includes(0))
    return undefined;
  if (keepDims) return rewriter.add('GlobalAveragePool', [input], {}, node);
  return reshape(node, rewriter, rewriter.one('GlobalAveragePool', [input], {}, { name: `${node.name}_pool` }));
}

/** True when the node's only used output equals its first input, dtype and shape included. */
function isNoOp(node: Node, rewriter: Rewriter): boolean {
  const [input = '', ...others] = node.inputs;
  const [output = '', ...rest] = node.outputs;
  if (input === '' || output === '' || rest.length > 0) return false;
  const x = rewriter.desc(input);
  const y = rewriter.desc(output);
  if (x.dtype !== y.dtype || !sameExtents(x, y)) return false;
  if (VIEWS.has(node.op)) return true;
  switch (node.op) {
    case 'Cast':
    case 'Expand':
    case 'Tile':
      return true;
    case 'Concat':
    case 'Split':
      return others.length === 0;
    case 'Transpose':
      return isIdentityPerm(fullPerm(node.attributes.perm, x.shape.length));
    case 'Activation':
      return node.attributes.activation.kind === 'none';
    case 'Slice':
      return readsForward(node, rewriter);
    case 'Pad':
      return constantInts(rewriter, node.inputs[1])?.every((p) => p === 0) ?? false;
    case 'Binary':
      return isNeutral(node, rewriter);
    default:
      return false;
  }
}

/** A slice that keeps every extent is the whole tensor, unless it walks backwards. */
function readsForward(node: NodeOf<'Slice'>, rewriter: Rewriter): boolean {
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => constantInts(rewriter, node.inputs[i]));
  const { shape } = rewriter.desc(at(node.inputs, 0));
  if (!starts || !ends || (node.inputs[3] && !axes) || (node.inputs[4] && !steps)) return false;
  const normal = axes?.map((a) => normalizeAxis(a, shape.length));
  return resolveSlice(shape, { starts, ends, axes: normal, steps }).steps.every((s) => s > 0);
}

/** x + 0, x − 0, x · 1, x / 1 with the constant on the right. */
function isNeutral(node: NodeOf<'Binary'>, rewriter: Rewriter): boolean {
  const split = splitConstant(node, rewriter);
  if (!split || split.flipped) return false;
  const value = uniformValue(split.constant);
  const { kind } = node.attributes;
  return value === 0 ? kind === 'add' || kind === 'sub' : value === 1 && (kind === 'mul' || kind === 'div');
}
