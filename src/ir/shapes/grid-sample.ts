/** What the reference and the kernels of GridSample have in common. */
import type { OpAttributes } from '../ops.ts';

/** The largest extent, and how far from the first element a place can lie: up to here float32 tells places between elements apart. */
export const MOST_PIXELS = 2 ** 20;

/** Elements that have a part in the result, along one dimension. */
export const TAPS: { readonly [M in OpAttributes['GridSample']['mode']]: 1 | 2 | 4 } = {
  nearest: 1,
  linear: 2,
  cubic: 4,
};

/** The `a` of Keys' cubic filter. */
export const GRID_CUBIC = -0.75;
