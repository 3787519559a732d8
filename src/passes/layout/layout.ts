/**
 * Pushes Transposes towards the outputs until they cancel.
 *
 * One walk over the nodes. A Transpose is not emitted but remembered as a view of its source; an operator that can work
 * on the source does, and its result is a view in turn; any other operator, and leaving the graph, carries it out. Each
 * node is visited once and emits a bounded number of nodes, so the walk ends; the result is taken only when its
 * Transposes move no more elements than before.
 */
import type { Graph } from '../../ir/graph.ts';
import type { Node, OpKind } from '../../ir/ops.ts';
import { COMMON_RULES, type LayoutRule, type LayoutRules } from './rules.ts';
import { Sinker, transposedElements, type TiePolicy } from './sinker.ts';

/**
 * The graph with its transpositions cancelled or moved towards the outputs; the same object when none moved. Operators without
 * one of the rules are not passed.
 */
export function layout(graph: Graph, rules: LayoutRules = COMMON_RULES): Graph {
  if (!graph.nodes.some((n) => n.op === 'Transpose')) return graph;
  const before = transposedElements(graph);
  // "sink" wins ties: it lets activations reach their producers, where a later pass fuses them.
  const [best] = (['sink', 'stay'] as const)
    .map((policy) => sinkTransposes(graph, policy, rules))
    .filter((g) => g !== undefined)
    .map((g) => ({ g, moved: transposedElements(g) }))
    .sort((a, b) => a.moved - b.moved);
  return best && best.moved <= before ? best.g : graph;
}

function sinkTransposes(graph: Graph, policy: TiePolicy, rules: LayoutRules): Graph | undefined {
  const sinker = new Sinker(graph, policy);
  for (const node of graph.nodes) {
    if (applyRule(node, sinker, rules)) continue;
    for (const input of node.inputs) if (input !== '') sinker.materialise(input);
    sinker.rewriter.keep(sinker.rewriter.current(node));
  }
  return sinker.finish();
}

function applyRule(node: Node, sinker: Sinker, rules: LayoutRules): boolean {
  // An extent that depends on data is no unit, though its bound may be 1; such values stay in their order.
  const isBounded = (name: string): boolean => name !== '' && sinker.rewriter.desc(name).bounded !== undefined;
  if (node.inputs.some(isBounded)) return false;
  if (node.op !== 'Transpose' && !node.inputs.some((i) => sinker.isPending(i))) return false;
  // Row K of the table takes nodes of kind K, and is looked up by the kind of the node it is given.
  const rule: LayoutRule<OpKind> | undefined = rules[node.op];
  return rule?.(node, sinker) ?? false;
}
