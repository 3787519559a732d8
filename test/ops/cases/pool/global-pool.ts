/** Shapes that the global pools share. */
import type { Shape } from '../../../../src/core/tensor.ts';

/** Odd pixel and channel counts, one pixel, one to three spatial dimensions, batches. */
export const GLOBAL_POOL_SHAPES: readonly Shape[] = [
  [1, 7, 7, 8],
  [2, 7, 7, 5],
  [3, 1, 1, 6],
  [1, 17, 3, 1],
  [1, 5, 3, 20],
  [2, 33, 31, 3],
  [2, 9, 7],
  [1, 3, 4, 5, 4],
];
