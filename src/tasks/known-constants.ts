/** Constants of a graph as such, where nodes compute them of others: no extent of an input need be known for that. */
import type { Graph } from '../ir/graph.ts';
import { compileGraph } from '../session/compile-graph.ts';

/** The graph without the nodes that depend on nothing but constants. Rejects as `compileGraph` does. */
export async function withKnownConstants(graph: Graph, signal?: AbortSignal): Promise<Graph> {
  const known = new Set(['', ...graph.initializers.keys()]);
  const constant = graph.nodes.filter(({ inputs, outputs }) => {
    if (!inputs.every((name) => known.has(name))) return false;
    for (const name of outputs) known.add(name);
    return true;
  });
  const others = graph.nodes.filter((node) => !constant.includes(node));
  const made = new Set(constant.flatMap(({ outputs }) => outputs));
  const read = new Set([...others.flatMap(({ inputs }) => inputs), ...graph.outputs].filter((name) => made.has(name)));
  const alone = { ...graph, inputs: [], outputs: [...read], nodes: constant };
  const { initializers } = await compileGraph(alone, { level: 'reference' }, signal);
  if ([...read].some((name) => !initializers.has(name))) return graph;
  return { ...graph, nodes: others, initializers: new Map([...graph.initializers, ...initializers]) };
}
