/** Nodes behind a model's own: a graph with other outputs than its file has. */
import { GraphBuilder } from '../ir/builder.ts';
import type { Graph, GraphInput } from '../ir/graph.ts';

/**
 * The graph with what `add` writes behind its nodes; its outputs are those that `add` marks, and its inputs those it had, but for
 * `without`, then those that `add` declares. Throws GraphError as the builder does.
 */
export function extendGraph(graph: Graph, add: (b: GraphBuilder) => void, without: readonly string[] = []): Graph {
  const b = new GraphBuilder(graph.name);
  const own = graph.inputs.filter(({ name }) => !without.includes(name));
  for (const { name, dtype, shape } of own) b.input(name, dtype, shape);
  for (const [name, value] of graph.initializers) b.initializer(name, value);
  b.reserve([...without, ...graph.nodes.map(({ name }) => name)]);
  for (const { op, name, inputs, outputs, attributes } of graph.nodes) b.add(op, inputs, attributes, { name, outputs });
  add(b);
  const built = b.build();
  const described = new Map<string, GraphInput>(own.map((input) => [input.name, input]));
  return { ...graph, ...built, inputs: built.inputs.map((input) => described.get(input.name) ?? input) };
}
