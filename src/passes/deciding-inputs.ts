/** Inputs of a graph whose elements decide shapes, such as the shape of a Reshape, or scales: constants of whatever is compiled. */
import { isFloat } from '../core/dtype.ts';
import type { Graph, GraphInput } from '../ir/graph.ts';
import { isOp } from '../ir/is-op.ts';
import type { Node, NodeOf, OpKind } from '../ir/ops.ts';
import { definitionOf } from '../ops/registry.ts';
import { at } from '../util/arrays.ts';
import { isSmall } from './bind-values.ts';
import { hasBranches } from './infer-shapes.ts';

/**
 * Names of the inputs that must be known before shapes are, by way of whatever computes a shape from them; of those that
 * choose branches; and of those that say what the integers of quantised operators stand for. Inputs of many elements are left
 * out: inference then says what depends on the data. A condition that depends on data is left out as a whole: both branches are
 * computed then. The operators must be loaded.
 */
export function decidingInputs(graph: Graph): string[] {
  const shapes = neededValues(graph, false);
  // Data that ends a loop is none: what the loop leaves is chosen by it.
  const all = graph.nodes.some((node) => isOp(node, 'LoopExit')) ? neededValues(graph, true) : shapes;
  const decides = (input: GraphInput): boolean =>
    shapes.has(input.name) ? isSmall(input) : all.has(input.name) && mayChoose(input);
  return graph.inputs.filter(decides).map(({ name }) => name);
}

/** Names of the values that must be known before shapes are; those that end loops, too, if `ends` says so. */
function neededValues(graph: Graph, ends: boolean): ReadonlySet<string> {
  const data = hasBranches(graph) ? dataOf(graph) : undefined;
  const needed = new Set<string>();
  const exits = new Map(graph.nodes.flatMap((node) => (isOp(node, 'LoopExit') ? [[node.inputs[0], node]] : [])));
  // What a round needs, the one before it gives.
  for (let before = -1; before < needed.size && (before < 0 || exits.size > 0);) {
    before = needed.size;
    for (const node of graph.nodes.toReversed()) {
      const { op, inputs, outputs } = node;
      const chooses = isOp(node, 'If') && data?.has(at(inputs, 0)) === false;
      const ending = ends && isOp(node, 'LoopEntry', 'LoopExit') ? (inputs[1] ?? '') : '';
      const wanted = outputs.flatMap((name, i) => (needed.has(name) ? readFor(node, i, exits) : []));
      for (const name of [...wanted, ...knownInputs(op).map((i) => inputs[i] ?? ''), ending]) needed.add(name);
      if (chooses) needed.add(at(inputs, 0));
    }
  }
  return needed;
}

/** What must be known before an output of a node is. What follows from descriptions alone needs no elements. */
function readFor(
  node: Node,
  output: number,
  exits: ReadonlyMap<string | undefined, NodeOf<'LoopExit'>>,
): readonly string[] {
  const { op, inputs } = node;
  // What is carried from round to round is the same input of the exit.
  if (isOp(node, 'LoopExit')) return inputs.slice(output + 2, output + 3);
  if (isOp(node, 'LoopEntry')) {
    const carried = output < 2 + node.attributes.carried ? exits.get(node.outputs[0])?.inputs[output] : undefined;
    return output === 0 ? [] : [inputs[output] ?? '', carried ?? ''];
  }
  if (isOp(node, 'Sequence') && node.attributes.kind === 'length') return [];
  return definitionOf(op).fold ? [] : inputs;
}

/** Inputs whose elements a plan is made of, by position. */
function knownInputs(op: OpKind): readonly number[] {
  const { shapeInputs = [], quantised } = definitionOf(op);
  // Scales of integers that become real numbers, or come of them, may be computed.
  if (!quantised || quantised.result === undefined || quantised.operands.length === 0) return shapeInputs;
  const scales = [...quantised.operands.map((operand) => operand + 1), quantised.result];
  return [...scales.flatMap((scale) => [scale, scale + 1]), ...(quantised.constant ?? [])];
}

/** Names of the values that depend on more than descriptions and inputs that may choose a branch. */
function dataOf({ inputs, nodes }: Graph): ReadonlySet<string> {
  const data = new Set(inputs.filter((input) => !mayChoose(input)).map(({ name }) => name));
  for (const { op, inputs, outputs } of nodes) {
    if (!definitionOf(op).fold && inputs.some((name) => data.has(name))) for (const name of outputs) data.add(name);
  }
  return data;
}

/** Single numbers, and short lists of those that count things: a vector of floats is data, however short. */
function mayChoose(input: GraphInput): boolean {
  const single = input.shape.every((extent) => extent === 1);
  return single || (!isFloat(input.dtype) && isSmall(input));
}
