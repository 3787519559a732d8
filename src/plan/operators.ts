/** What compiling and planning a graph take of the engine, loaded beforehand: both are synchronous. */
import type { Graph } from '../ir/graph.ts';
import { foldsLoops, loadLoops } from '../ops/lib/loops.ts';
import { loadOps } from '../ops/registry.ts';

export { loadKernels, variantNames } from '../kernels/registry.ts';

/** To be awaited before a graph runs on the CPU. Rejects with LoadError when it cannot be fetched. */
export const loadReferences = loadLoops;

/** To be awaited before an imported graph is compiled. Rejects with LoadError when it cannot be fetched. */
export async function loadOperators(graph: Graph): Promise<void> {
  await Promise.all([loadOps(graph.nodes.map(({ op }) => op)), foldsLoops(graph) && loadLoops()]);
}
