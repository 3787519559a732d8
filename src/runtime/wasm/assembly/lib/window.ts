/** What a sliding window sees along one axis of an input. */

/** The first tap of a window beginning at `start` that lies on the input. */
export function firstTap(start: i32, dilation: i32): i32 {
  return start < 0 ? (dilation - 1 - start) / dilation : 0;
}

/** One past the last tap that lies before `extent`: at least `first`. */
export function endTap(start: i32, dilation: i32, kernel: i32, extent: i32, first: i32): i32 {
  const reach = extent - start;
  return reach <= 0 ? first : max(first, min(kernel, (reach + dilation - 1) / dilation));
}
