/** Helpers that passes share: who uses a value, and rebuilding a graph around new nodes. */
import { GraphError } from '../core/errors.ts';
import type { Graph, ValueDesc } from './graph.ts';
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

/** The node with each input renamed by `rename`. */
export function renameInputs(node: Node, rename: ReadonlyMap<string, string>): Node {
  if (!node.inputs.some((i) => rename.has(i))) return node;
  return { ...node, inputs: node.inputs.map((i) => rename.get(i) ?? i) };
}

/** Static description of a value; throws GraphError when shapes have not been inferred. */
export function descOf(graph: Graph, value: string): ValueDesc {
  const desc = graph.values.get(value);
  if (!desc) throw new GraphError(`the shape of "${value}" has not been inferred`);
  return desc;
}
