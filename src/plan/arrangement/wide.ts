/**
 * Values that are stored as float32 however floats are: statistics and denominators, which need its range, coordinates and
 * scores by which is chosen, which need its digits, what these are made of, and constants that are too small or too large.
 */
import { isFloat, type DType } from '../../core/dtype.ts';
import { fillOf } from '../../core/lazy-tensor.ts';
import { elementCount, type Tensor } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Node, OpKind } from '../../ir/ops.ts';
import { picksElements } from '../../ir/picks.ts';
import { descOf } from '../../ir/rewrite.ts';
import { kernelsOf } from '../../kernels/registry.ts';
import { definitionOf } from '../../ops/registry.ts';

/** Constants of fewer elements stay float32: scales, slopes and anchors weigh nothing, and their rounding shows. */
const SMALLEST_HALVED = 1024;

/** Weights of a product that mixes coordinates: four of a box, each of which is made of all. */
const MOST_MIXED = 16;

/** Larger numbers round to infinity. */
const LARGEST_HALF = 65504;

/** Types of what is decided rather than computed: narrower integers stand for numbers. */
const DECISIONS: ReadonlySet<DType> = new Set<DType>(['int32', 'int64', 'bool']);

/** See `Dispatched.isWide`, `Dispatched.divisor` and `Dispatched.chooses`. */
export function wideValues(graph: Graph): ReadonlySet<string> {
  const wide = new Set<string>();
  spread(graph, wide);
  const constants = [...graph.initializers].flatMap(([name, constant]) => (isWorthIt(constant) ? [] : [name]));
  return new Set([...constants, ...wide, ...divisorsOf(graph, wide), ...choosersOf(graph)]);
}

function isWorthIt(t: Tensor): boolean {
  return !isFloat(t.dtype) || (elementCount(t.shape) >= SMALLEST_HALVED && hasHalves(t));
}

/** True when every element is a half, but for its rounding. */
function hasHalves(t: Tensor): boolean {
  const fill = fillOf(t);
  if (fill) return Math.abs(fill.value) <= LARGEST_HALF;
  // Weights by the hundred million: a function called for each takes seconds.
  for (const v of t.data) if (!(Math.abs(v) <= LARGEST_HALF)) return false;
  return true;
}

/** Adds what is wide by itself, and what is made of wide values. */
function spread(graph: Graph, wide: Set<string>): void {
  const isWide = (name: string): boolean => wide.has(name) || graph.initializers.has(name);
  for (const node of graph.nodes) {
    const kernels = kernelsOf(node.op);
    const own = kernels.kind === 'dispatch' && kernels.isWide;
    if (own ? own(node, isWide) : isSum(node, graph, wide)) node.outputs.forEach((name) => wide.add(name));
  }
}

/** True for what wide values alone give, or a product of such with weights that only add up: none is negative. */
function isSum({ inputs }: Node, graph: Graph, wide: ReadonlySet<string>): boolean {
  const floats = inputs.filter((name) => name !== '' && isFloat(descOf(graph, name).dtype));
  return (
    floats.some((name) => wide.has(name)) &&
    floats.every((name) => wide.has(name) || isNowhereNegative(graph.initializers.get(name)))
  );
}

function isNowhereNegative(constant: Tensor | undefined): boolean {
  return constant?.data.every((v) => v >= 0) ?? false;
}

/** What is divided by, and what that is made of, element by element, with constants. */
function divisorsOf({ nodes, initializers }: Graph, wide: ReadonlySet<string>): Set<string> {
  const divisors = new Set<string>();
  for (const node of nodes.toReversed()) {
    const kernels = kernelsOf(node.op);
    const divisor = kernels.kind === 'dispatch' ? kernels.divisor?.(node) : undefined;
    if (divisor !== undefined) divisors.add(node.inputs[divisor] ?? '');
    const [source, ...others] = node.inputs.filter((name) => !initializers.has(name));
    if (source === undefined || others.length > 0) continue;
    if (keepsElements(node.op) && node.outputs.some((name) => divisors.has(name) && !wide.has(name)))
      divisors.add(source);
  }
  return divisors;
}

/** By what is chosen which elements others are, and what that is made of, element by element or by few weights, constants among it. */
function choosersOf(graph: Graph): Set<string> {
  const choosers = new Set<string>();
  for (const node of graph.nodes.toReversed()) {
    for (const i of choosing(graph, node)) choosers.add(node.inputs[i] ?? '');
    const made = node.outputs.some((name) => choosers.has(name));
    if (made && (keepsElements(node.op) || picksElements(node) || isMixed(node, graph)))
      node.inputs.forEach((name) => choosers.add(name));
  }
  return new Set([...choosers].filter((name) => name !== '' && isFloat(descOf(graph, name).dtype)));
}

/** True of products with so few weights that they are arithmetic of coordinates: corners of boxes, say, by their centres. */
function isMixed({ op, inputs: [, weights = ''] }: Node, { initializers }: Graph): boolean {
  const mixed = initializers.get(weights);
  return mixed !== undefined && elementCount(mixed.shape) <= MOST_MIXED && definitionOf(op).multiplyAdds !== undefined;
}

/** Inputs of a node that choose: those it says, or all where indices and truths are made of them. */
function choosing(graph: Graph, node: Node): Iterable<number> {
  const kernels = kernelsOf(node.op);
  const own = kernels.kind === 'dispatch' ? kernels.chooses?.(node) : undefined;
  if (own) return own;
  const decided = node.outputs.every((name) => name === '' || DECISIONS.has(descOf(graph, name).dtype));
  return decided ? node.inputs.keys() : [];
}

/** True of operators whose results are, element by element, what was there, or a function of it. */
function keepsElements(op: OpKind): boolean {
  const kernels = kernelsOf(op);
  if (kernels.kind !== 'dispatch') return kernels.kind === 'view';
  return !definitionOf(op).multiplyAdds && Boolean(kernels.overwrites ?? kernels.moves);
}
