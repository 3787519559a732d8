/** What compiling and planning a graph take of the engine, loaded beforehand: both are synchronous. */
import type { Graph } from '../ir/graph.ts';
import { loadOps } from '../ops/registry.ts';

export { loadKernels, variantNames } from '../kernels/registry.ts';

/** To be awaited before an imported graph is compiled. Rejects with LoadError when it cannot be fetched. */
export function loadOperators({ nodes }: Graph): Promise<void> {
  return loadOps(nodes.map(({ op }) => op));
}
