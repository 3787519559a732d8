/** What compiling and planning a graph need of the engine, loaded beforehand: both are synchronous. */
import type { Graph } from '../ir/graph.ts';
import { loadKernels as loadKernelsOf } from '../kernels/registry.ts';
import { loadOps } from '../ops/registry.ts';

export { variantNames } from '../kernels/registry.ts';

/** To be awaited before an imported graph is compiled. Rejects with LoadError when they cannot be fetched. */
export function loadOperators({ nodes }: Graph): Promise<void> {
  return loadOps(nodes.map(({ op }) => op));
}

/** To be awaited before a compiled graph is planned: passes leave few of its operators. Rejects with LoadError. */
export function loadKernels({ nodes }: Graph): Promise<void> {
  return loadKernelsOf(nodes.map(({ op }) => op));
}
