/**
 * Moves multiplications by one number forwards into the weights that follow: conv(r·x, w) = conv(x, r·w). Such factors
 * are what is left of constants that a model file stores rounded, as 1/6 in half precision beside a hard-swish.
 */
import type { Graph } from '../../ir/graph.ts';
import type { Node, NodeOf } from '../../ir/ops.ts';
import { NO_ACTIVATION } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import { tensorOf, type Tensor } from '../../core/tensor.ts';
import { allFinite } from '../lib/channel-affine.ts';
import { splitConstant, uniformValue } from '../lib/constants.ts';
import { Copies } from '../lib/copies.ts';
import { rewriteToFixpoint, type Rewriter } from '../lib/rewriter.ts';

/**
 * Folds scalar factors into following Conv, Gemm and MatMul with constant weights, past means and products on the way.
 * The result is taken only when it has fewer nodes: a factor that nothing takes up stays where it is.
 */
export function foldScale(graph: Graph): Graph {
  const copies = new Copies();
  const moved = rewriteToFixpoint(graph, (node, rewriter) => rule(node, rewriter, copies));
  return moved.nodes.length < graph.nodes.length ? moved : graph;
}

/** factor · value */
interface Scaled {
  readonly value: string;
  readonly factor: number;
}

function rule(node: Node, rewriter: Rewriter, copies: Copies): readonly string[] | undefined {
  switch (node.op) {
    case 'Conv':
    case 'MatMul':
      return scaleWeights(node, rewriter, copies);
    case 'Gemm': {
      const scaled = scaledInput(at(node.inputs, 0), rewriter);
      if (!scaled) return undefined;
      const alpha = node.attributes.alpha * scaled.factor;
      return rewriter.add('Gemm', [scaled.value, ...node.inputs.slice(1)], { ...node.attributes, alpha }, node);
    }
    case 'GlobalAveragePool':
    case 'Reduce':
      return pastMean(node, rewriter);
    case 'Binary':
      return pastProduct(node, rewriter);
    default:
      return undefined;
  }
}

function scaleWeights(
  node: NodeOf<'Conv'> | NodeOf<'MatMul'>,
  rewriter: Rewriter,
  copies: Copies,
): readonly string[] | undefined {
  const [x = '', w = '', ...rest] = node.inputs;
  const scaled = scaledInput(x, rewriter);
  const weights = rewriter.constant(w);
  if (!scaled || !weights || !copies.allow(w, rewriter)) return undefined;
  const data = new Float32Array(weights.data).map((v) => v * scaled.factor);
  if (!allFinite(data)) return undefined;
  const inputs = [scaled.value, rewriter.addConstant(`${w}_scaled`, { ...weights, data }), ...rest];
  return rewriter.add(node.op, inputs, node.attributes, node);
}

/** mean(r·x) = r·mean(x) */
function pastMean(
  node: NodeOf<'GlobalAveragePool'> | NodeOf<'Reduce'>,
  rewriter: Rewriter,
): readonly string[] | undefined {
  const scaled = scaledInput(at(node.inputs, 0), rewriter);
  if (!scaled) return undefined;
  if (node.op === 'GlobalAveragePool') {
    return times(
      rewriter.one('GlobalAveragePool', [scaled.value], {}, { name: node.name }),
      scaled.factor,
      node,
      rewriter,
    );
  }
  const { attributes } = node;
  if (attributes.kind !== 'mean' && attributes.kind !== 'sum') return undefined;
  return times(rewriter.one('Reduce', [scaled.value], attributes, { name: node.name }), scaled.factor, node, rewriter);
}

/** (r·x)·y = r·(x·y), for y that is computed. */
function pastProduct(node: NodeOf<'Binary'>, rewriter: Rewriter): readonly string[] | undefined {
  const { kind, activation } = node.attributes;
  if (kind !== 'mul' || activation.kind !== 'none' || node.inputs.some((i) => rewriter.constant(i))) return undefined;
  const [a = '', b = ''] = node.inputs;
  const left = scaledInput(a, rewriter);
  const right = scaledInput(b, rewriter);
  if (!left && !right) return undefined;
  const factor = (left?.factor ?? 1) * (right?.factor ?? 1);
  const attributes = { kind, activation: NO_ACTIVATION };
  const product = rewriter.one('Binary', [left?.value ?? a, right?.value ?? b], attributes, { name: node.name });
  return times(product, factor, node, rewriter);
}

/** What is behind values that were asked for: many nodes may read one chain of products. */
const known = new WeakMap<Rewriter, Map<string, Scaled>>();

/** The value behind all multiplications by numbers that end in this one. */
function scaledInput(value: string, rewriter: Rewriter): Scaled | undefined {
  const found = known.get(rewriter) ?? new Map<string, Scaled>();
  known.set(rewriter, found);
  const chain: { readonly from: string; readonly step: Scaled }[] = [];
  let last = value;
  for (let step = scaledBy(last, rewriter); step && !found.has(last); step = scaledBy(last, rewriter)) {
    chain.push({ from: last, step });
    last = step.value;
  }
  for (const { from, step } of chain.toReversed()) {
    const rest = found.get(step.value) ?? { value: step.value, factor: 1 };
    const factor = step.factor * rest.factor;
    found.set(from, Number.isFinite(factor) ? { value: rest.value, factor } : step);
  }
  return found.get(value);
}

/** What a multiplication by a number multiplies. */
function scaledBy(value: string, rewriter: Rewriter): Scaled | undefined {
  const node = rewriter.producerOf(value, 'Binary');
  const split = node?.attributes.kind === 'mul' ? splitConstant(node, rewriter) : undefined;
  const factor = split && uniformValue(split.constant);
  return split && factor !== undefined && Number.isFinite(factor) ? { value: split.value, factor } : undefined;
}

function times(value: string, factor: number, node: Node, rewriter: Rewriter): readonly string[] {
  const { dtype } = rewriter.desc(value);
  const scalar: Tensor = tensorOf(dtype, [], [factor]);
  const inputs = [value, rewriter.addConstant(`${at(node.outputs, 0)}_factor`, scalar)];
  return rewriter.add('Binary', inputs, { kind: 'mul', activation: NO_ACTIVATION }, node);
}
