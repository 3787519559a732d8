/** Weights of transposed convolutions as channels-first formats have them. */
import { range } from '../../util/arrays.ts';
import type { Emitter } from './emitter.ts';

/** Weights `[C, M/group, …K]` → `[…K, C/group, M]`. */
export function transposedWeightsToLast(e: Emitter, w: string, dims: number, group: number): string {
  const kernel = range(dims).map((i) => i + 2);
  if (group === 1) return e.one('Transpose', [w], { perm: [...kernel, 0, 1] });
  const kept = [...kernel.map(() => 0), 0];
  // Extents that are not known here are kept by their places.
  const last = e.reshape(e.one('Transpose', [w], { perm: [...kernel, 1, 0] }), [...kept, group, -1]);
  const swapped = e.one('Transpose', [last], { perm: [...range(dims), dims + 2, dims + 1, dims] });
  return e.reshape(swapped, [...kept, -1]);
}
