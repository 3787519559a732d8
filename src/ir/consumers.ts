/** Who uses a value. */
import type { Graph } from './graph.ts';
import type { Node } from './ops.ts';

/** Value name → the nodes that read it, each once. Leaving the graph is not counted. */
export function consumers(graph: Graph): Map<string, Node[]> {
  const map = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const input of new Set(node.inputs)) {
      if (input === '') continue;
      const list = map.get(input);
      if (list) list.push(node);
      else map.set(input, [node]);
    }
  }
  return map;
}
