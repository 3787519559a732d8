/** Removes what no output depends on: nodes, initializers, descriptions of values that are gone. */
import type { Graph } from '../ir/graph.ts';
import type { Node } from '../ir/ops.ts';

/** The graph without unused nodes and initializers. Graph inputs stay: the caller still feeds them. */
export function removeDeadNodes(graph: Graph): Graph {
  const needed = new Set(graph.outputs);
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((o) => needed.has(o))) continue;
    nodes.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  nodes.reverse();
  const initializers = new Map([...graph.initializers].filter(([name]) => needed.has(name)));
  const defined = new Set([
    ...graph.inputs.map((i) => i.name),
    ...initializers.keys(),
    ...nodes.flatMap((n) => n.outputs),
  ]);
  const values = new Map([...graph.values].filter(([name]) => defined.has(name)));
  const unchanged =
    nodes.length === graph.nodes.length &&
    initializers.size === graph.initializers.size &&
    values.size === graph.values.size;
  return unchanged ? graph : { ...graph, nodes, initializers, values };
}
