/** What a model is made of and costs, without running it. */
import type { GraphSummary } from '../analysis/summary.ts';
import { onDemand } from '../core/on-demand.ts';
import type { Graph, InputShapes } from '../ir/graph.ts';
import { compileGraph } from './compile-graph.ts';

/**
 * Parameters, multiply-adds and the cost of every node of a graph as imported, for these extents of its inputs (an unnamed
 * leading symbolic one is 1). Needs no device. Rejects as the passes do, and with LoadError when the analysis cannot be fetched.
 */
export async function analyseGraph(graph: Graph, inputShapes: InputShapes = {}): Promise<GraphSummary> {
  const { analyse } = await onDemand('analysis', () => import('../analysis/summary.ts'));
  return analyse(await compileGraph(graph, { inputShapes, level: 'reference' }));
}
