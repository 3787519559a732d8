/** Multiply-adds of a graph with static inputs, as the operators define them. */
import type { Graph } from '../../src/ir/graph.ts';
import { definitionOf, knownValues } from './known-values.ts';

/** The total over all nodes; data movement and elementwise operators count nothing. */
export function multiplyAdds(graph: Graph): number {
  const known = knownValues(graph);
  let total = 0;
  for (const node of graph.nodes) {
    const outputs = node.outputs.map((name) => known.get(name)).filter((d) => d !== undefined);
    const inputs = node.inputs.map((name) => known.get(name));
    total += definitionOf(node.op).multiplyAdds?.(node, inputs, outputs) ?? 0;
  }
  return total;
}
