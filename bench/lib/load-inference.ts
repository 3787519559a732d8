/** What inferring the shapes of a graph takes, where no session is made of it. */
import type { Graph } from '../../src/ir/graph.ts';
import { loadOps } from '../../src/ops/registry.ts';
import { BRANCHES, DATA_EXTENTS, hasBranches, hasDataExtents } from '../../src/passes/infer-shapes.ts';

/** Loads its operators, and what branches and extents that depend on data need. Rejects with LoadError. */
export async function loadInference(graph: Graph): Promise<void> {
  await loadOps(graph.nodes.map(({ op }) => op));
  if (hasBranches(graph)) await BRANCHES.load();
  if (hasDataExtents(graph)) await DATA_EXTENTS.load();
}
