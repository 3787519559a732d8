/** What a sliding window sees along one axis of an input. */
import { madd } from './vector';

/** The first tap of a window beginning at `start` that lies on the input. */
export function firstTap(start: i32, dilation: i32): i32 {
  return start < 0 ? (dilation - 1 - start) / dilation : 0;
}

/** One past the last tap that lies before `extent`: at least `first`. */
export function endTap(start: i32, dilation: i32, kernel: i32, extent: i32, first: i32): i32 {
  const reach = extent - start;
  return reach <= 0 ? first : max(first, min(kernel, (reach + dilation - 1) / dilation));
}

/** Adds what a column of x has for a sum: tap `t` of the window, if that is one. */
@inline
export function addTap(t: i32, kernel: i32, v: v128, w0: v128, w1: v128, w2: v128, w3: v128, w4: v128, sum: v128): v128 {
  if (t < 0 || t >= kernel) return sum;
  if (t == 0) return madd(v, w0, sum);
  if (t == 1) return madd(v, w1, sum);
  if (t == 2) return madd(v, w2, sum);
  if (t == 3) return madd(v, w3, sum);
  return madd(v, w4, sum);
}

/** True where column `c` of those that a strip sees is on the input: none but the outermost half window may be beyond it. */
@inline
export function isOn(c: i32, from: i32, to: i32, kernel: i32, columns: i32): bool {
  if (c < kernel >> 1) return from <= c;
  if (c >= columns - (kernel >> 1)) return c < to;
  return true;
}
