/** What only networks with convolutions of 3×3 need is loaded for these. */
import { lazy } from '../../core/on-demand.ts';
import type { Graph } from '../../ir/graph.ts';

/** Their calls by Winograd's algorithm, where it was loaded. */
export const winogradTiles = lazy(() => import('./winograd.ts'), 'winogradTileCalls');

/** True of a graph that has some of as many channels as are worth its transforms. */
export function hasSquareWindows({ nodes, values }: Graph): boolean {
  return nodes.some(({ op, inputs }) => {
    const [height, width, depth = 0] = (op === 'Conv' && values.get(inputs[1] ?? '')?.shape) || [];
    return height === 3 && width === 3 && depth > 31;
  });
}
