/** What only networks with convolutions of 3×3 need is loaded for these. */
import { lazy } from '../../core/on-demand.ts';
import type { Graph } from '../../ir/graph.ts';

/** Their calls by Winograd's algorithm, where it was loaded. */
export const winogradTiles = lazy(() => import('./winograd.ts'), 'winogradTileCalls');

/** True of a graph, compiled or not, that has weights of 3×3 of as many channels as are worth its transforms. */
export function hasSquareWindows({ initializers }: Graph): boolean {
  return [...initializers.values()].some(({ shape }) => {
    const [window, channels] = [shape.filter((n) => n === 3), shape.filter((n) => n > 31)];
    return shape.length === 4 && window.length === 2 && channels.length === 2;
  });
}
