/** Landmarks in space, of a region that is turned. */
import type { Tensor } from '../core/tensor.ts';
import { range } from '../util/arrays.ts';
import type { RegionMap } from './region-spec.ts';

/** A place in space: metres from the middle of what is seen, x to the right as seen, y down, z away from the viewer. */
export interface WorldPoint {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** Rows `[N, 3]` in metres as the region shows them, turned to how the picture does: MediaPipe's `WorldLandmarkProjectionCalculator`. */
export function worldPoints({ shape, data }: Tensor, { a, b }: RegionMap): WorldPoint[] {
  const length = Math.hypot(a, b);
  const [cos, sin] = [a / length, b / length];
  return range(shape[0] ?? 0).map((i) => {
    const [x = NaN, y = NaN, z = NaN] = data.subarray(3 * i, 3 * i + 3);
    return { x: cos * x - sin * y, y: sin * x + cos * y, z };
  });
}
