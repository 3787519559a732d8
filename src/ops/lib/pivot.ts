/** Pivots of square matrices. */

/** The row from `c` on that has the largest size in column `c` of n columns, NaN first. */
export function largestBelow(a: Float64Array, n: number, c: number): number {
  let pivot = c;
  let most = 0;
  for (let r = c; r < n; r++) {
    const size = Math.abs(a[r * n + c] ?? 0);
    if (!(size <= most) && !Number.isNaN(most)) [most, pivot] = [size, r];
  }
  return pivot;
}
