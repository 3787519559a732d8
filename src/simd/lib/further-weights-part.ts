/** What only networks need whose weights are computed, or of eight bits, is loaded for these. */
import { lazy } from '../../core/on-demand.ts';
import type { Graph } from '../../ir/graph.ts';

/** How such weights become panels, or floats, where it was loaded. */
export const furtherWeights = lazy(() => import('./further-weights.ts'), 'FURTHER_WEIGHTS');

/** True of a graph with products whose weights or bias are no constants of float32. */
export function hasFurtherWeights({ nodes, initializers }: Graph): boolean {
  return nodes.some(
    ({ op, inputs }) =>
      /^(Conv|Gemm|MatMul)$/.test(op) &&
      inputs.slice(1, 3).some((name) => name !== '' && initializers.get(name)?.dtype !== 'float32'),
  );
}
