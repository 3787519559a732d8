/** Counts the trainable parameters of a built network. */
import type { Graph } from '../../src/ir/graph.ts';

/** Elements of all weights, biases and normalisation scales; running means and variances are statistics, not parameters. */
export function trainable(graph: Graph): number {
  const statistics = new Set(graph.nodes.flatMap((n) => (n.op === 'BatchNormalization' ? n.inputs.slice(3) : [])));
  let total = 0;
  for (const [name, t] of graph.initializers) if (!statistics.has(name)) total += t.data.length;
  return total;
}
