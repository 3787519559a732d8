/** Operators that have WASM kernels: one file an operator, of the same name as in `ops` and `kernels`. All others run through their references. */
import { getRow, lazy, loadRow, type Row } from '../core/on-demand.ts';
import { VIEWS } from '../ir/facts.ts';
import type { Graph } from '../ir/graph.ts';
import type { OpKind } from '../ir/ops.ts';
import { conv } from './conv/conv.ts';
import { hasSquareWindows, winogradTiles } from './conv/winograd-part.ts';
import type { SimdDefinition, SimdRows } from './definition.ts';
import { furtherWeights, hasFurtherWeights } from './lib/further-weights-part.ts';
import { globalAveragePool } from './pool/global-average-pool.ts';
import { gemm } from './product/gemm.ts';

/** What nearly every network has. */
const COMMON: SimdRows = {
  Conv: conv,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
};

const FURTHER = lazy(() => import('./further.ts'), 'FURTHER_SIMD');

/** How values share memory where something is copied: operators in `COMMON` copy nothing. */
export const COPIES = lazy(() => import('./places.ts'), 'settleCopies');

/**
 * To be awaited before nodes of these operators are planned; of a graph that is given only what it needs is loaded. Rejects with
 * LoadError when a part cannot be fetched.
 */
export async function loadSimd(ops: Iterable<OpKind>, graph?: Graph): Promise<void> {
  const further = furtherOps(ops);
  const parts: Promise<unknown>[] = further.map(loadFurther);
  if (further.length > 0) parts.push(COPIES.load());
  if (!graph || hasSquareWindows(graph)) parts.push(winogradTiles.load());
  if (!graph || hasFurtherWeights(graph)) parts.push(furtherWeights.load());
  await Promise.all(parts);
}

/** Those of the operators for which more is loaded than what every network needs. */
export function furtherOps(ops: Iterable<OpKind>): readonly OpKind[] {
  return Array.from(ops).filter((op) => !(op in COMMON) && !VIEWS.has(op));
}

async function loadFurther(op: OpKind): Promise<void> {
  const row = (await FURTHER.load())[op];
  if (row) await loadRow<object>(row);
}

/** Operators that mostly become parts of others while a graph is compiled. */
const FUSED: ReadonlySet<OpKind> = new Set(['Activation', 'BatchNormalization', 'Binary']);

/**
 * Begins to load what a graph that is to be compiled will need. Gives the kernels that it will call, most likely, besides those that
 * every network needs: further operators move elements, or come with some that do.
 */
export function expectSimd(graph: Graph): readonly ('move' | 'winograd')[] {
  const likely = new Set(graph.nodes.map(({ op }) => op).filter((op) => !FUSED.has(op)));
  loadSimd(likely, graph).catch(() => undefined);
  const winograd = hasSquareWindows(graph) ? (['winograd'] as const) : [];
  return furtherOps(likely).length > 0 ? ['move', ...winograd] : winograd;
}

/** How an operator becomes calls; nothing for one that has no kernel. Throws LoadError when `loadSimd` was not called with it. */
export function simdOf(op: OpKind): SimdDefinition<OpKind> | undefined {
  const row = (COMMON[op] ?? FURTHER.get()[op]) as Row<SimdDefinition<OpKind>> | undefined;
  return row && getRow(row);
}
