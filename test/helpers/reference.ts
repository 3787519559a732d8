/** What a graph means: the CPU backend on the graph as it stands, no pass but shape inference. */
import './every-operator.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { inferShapes } from '../../src/passes/infer-shapes.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';

/** The graph's outputs by name. Input shapes must be static. */
export function referenceRun(graph: Graph, feeds: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return runGraph(inferShapes(graph), feeds);
}
