/** Helpers that passes share for rebuilding a graph around new nodes. */
import { GraphError } from '../core/errors.ts';
import type { Graph, ValueDesc } from './graph.ts';
import type { Node } from './ops.ts';

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
