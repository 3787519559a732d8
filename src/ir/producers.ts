/** Who produces a value: for who walks a graph backwards. */
import type { Graph } from './graph.ts';
import type { Node } from './ops.ts';

/** Value name → the node that produces it. */
export function producers(graph: Graph): Map<string, Node> {
  const map = new Map<string, Node>();
  for (const node of graph.nodes) for (const out of node.outputs) if (out !== '') map.set(out, node);
  return map;
}
