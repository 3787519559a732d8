/** Recognises a map over the norm of its channels, and the learned factors behind it (ParseNet, arXiv:1506.04579, §3.3). */
import { isFloat } from '../../core/dtype.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Node, NodeOf } from '../../ir/ops.ts';
import { loadOps } from '../../ops/registry.ts';
import { at, sameArray } from '../../util/arrays.ts';
import { splitConstant, uniformValue } from '../lib/constants.ts';
import { rewriteToFixpoint, type Rewriter } from '../lib/rewriter.ts';

/** To be awaited before: loads the operator that the pass adds. Gives the module, for `lazy`. */
export async function withLpNormalization<T>(module: T): Promise<T> {
  await loadOps(['LpNormalization']);
  return module;
}

/** What a map is divided by, from the division backwards. */
interface Divisor {
  readonly value: string;
  readonly least: number;
  readonly added: number;
}

/**
 * Rewrites x / (max(norm, least) + added), the norm L1 or L2 along the last dimension, to LpNormalization, whichever of
 * the bound and the sum there is, and takes up constant factors of the channels that follow. Nothing else may read the steps.
 */
export function recogniseLpNormalization(graph: Graph): Graph {
  return rewriteToFixpoint(graph, (node, rewriter) => {
    if (node.op !== 'Binary' || node.attributes.activation.kind !== 'none') return undefined;
    if (node.attributes.kind === 'div') return normalised(node, rewriter);
    return node.attributes.kind === 'mul' ? scaled(node, rewriter) : undefined;
  });
}

function normalised(node: NodeOf<'Binary'>, rewriter: Rewriter): readonly string[] | undefined {
  const [x = '', below = ''] = node.inputs;
  const { dtype, shape, bounded } = rewriter.desc(x);
  if (!isFloat(dtype) || shape.length === 0 || bounded) return undefined;
  if (!sameArray(shape, rewriter.desc(at(node.outputs, 0)).shape)) return undefined;
  const { value, least, added } = divisorOf(below, rewriter);
  const norm = normOf(value, x, rewriter);
  return norm && rewriter.add('LpNormalization', [norm.x], { p: norm.p, least, added }, node);
}

/** Goes back over a broadcast, a number that is added, and a bound, in the order that a file has them at the division. */
function divisorOf(below: string, rewriter: Rewriter): Divisor {
  const wide = soleProducer(below, rewriter);
  let value = wide?.op === 'Expand' ? at(wide.inputs, 0) : below;
  let added = 0;
  const sum = constantStep(value, 'add', rewriter);
  if (sum) ({ value, number: added } = sum);
  const bound = constantStep(value, 'max', rewriter) ?? clipStep(value, rewriter);
  return { value: bound?.value ?? value, least: bound?.number ?? 0, added };
}

/** A value before a sum or a maximum with a number that is not negative, when it is that. */
function constantStep(
  value: string,
  kind: 'add' | 'max',
  rewriter: Rewriter,
): { readonly value: string; readonly number: number } | undefined {
  const node = soleProducer(value, rewriter);
  if (node?.op !== 'Binary' || node.attributes.kind !== kind) return undefined;
  const split = splitConstant(node, rewriter);
  const number = split && uniformValue(split.constant);
  return split && number !== undefined && number >= 0 && number < Infinity ? { value: split.value, number } : undefined;
}

/** The same of a clip that has no upper end. */
function clipStep(value: string, rewriter: Rewriter): { readonly value: string; readonly number: number } | undefined {
  const node = soleProducer(value, rewriter);
  if (node?.op !== 'Activation') return undefined;
  const { kind, alpha, beta } = node.attributes.activation;
  return kind === 'clip' && alpha >= 0 && beta === Infinity ? { value: at(node.inputs, 0), number: alpha } : undefined;
}

/** Which norm of x a value is, along its last dimension. */
function normOf(value: string, x: string, rewriter: Rewriter): { readonly p: 1 | 2; readonly x: string } | undefined {
  const node = soleProducer(value, rewriter);
  if (node?.op === 'Reduce' && /^l[12]$/.test(node.attributes.kind)) {
    const p = node.attributes.kind === 'l1' ? 1 : 2;
    return foldsLast(node, rewriter) && node.inputs[0] === x ? { p, x } : undefined;
  }
  const root = node?.op === 'Unary' && node.attributes.kind === 'sqrt' ? node : undefined;
  const sum = root && soleProducer(at(root.inputs, 0), rewriter);
  if (sum?.op !== 'Reduce' || !foldsLast(sum, rewriter)) return undefined;
  const [terms = ''] = sum.inputs;
  const { kind } = sum.attributes;
  const squares = kind === 'sumSquare' ? terms === x : kind === 'sum' && isSquareOf(terms, x, rewriter);
  return squares ? { p: 2, x } : undefined;
}

function foldsLast({ attributes: { axes, keepDims }, inputs }: NodeOf<'Reduce'>, rewriter: Rewriter): boolean {
  const { length } = rewriter.desc(at(inputs, 0)).shape;
  const [axis = 0] = axes;
  return keepDims && axes.length === 1 && normalizeAxis(axis, length) === length - 1;
}

/** x², x·x, or x to the power of 2. */
function isSquareOf(value: string, x: string, rewriter: Rewriter): boolean {
  const node = soleProducer(value, rewriter);
  if (node?.op === 'Unary') return node.attributes.kind === 'square' && node.inputs[0] === x;
  if (node?.op !== 'Binary' || node.attributes.activation.kind !== 'none' || node.inputs[0] !== x) return false;
  const [, other = ''] = node.inputs;
  if (node.attributes.kind === 'mul') return other === x;
  return node.attributes.kind === 'pow' && uniformValue(rewriter.constant(other)) === 2;
}

/** A product of a normalised map and a constant for each of its channels. */
function scaled(node: NodeOf<'Binary'>, rewriter: Rewriter): readonly string[] | undefined {
  const split = splitConstant(node, rewriter);
  const before = split && soleProducer(split.value, rewriter);
  if (!split || before?.op !== 'LpNormalization' || before.inputs[1]) return undefined;
  const { dtype, shape } = rewriter.desc(split.value);
  const { constant } = split;
  const channels = at(shape, shape.length - 1);
  if (constant.dtype !== dtype || constant.shape.at(-1) !== channels || constant.data.length !== channels)
    return undefined;
  const flat = sameArray(constant.shape, [channels]);
  const scale = flat ? undefined : rewriter.addConstant(`${node.name}_scale`, { ...constant, shape: [channels] });
  const factors = scale ?? at(node.inputs, split.flipped ? 0 : 1);
  return rewriter.add('LpNormalization', [at(before.inputs, 0), factors], before.attributes, node);
}

/** What computes a value that nothing else reads. */
function soleProducer(value: string, rewriter: Rewriter): Node | undefined {
  return rewriter.isSole(value) ? rewriter.producer(value) : undefined;
}
