/** What is done to a sum before it is written: activations and a residual. */
import { loadPart, storePart } from './vector';

/**
 * The clip that every result passes: no activation is one without bounds. NaN passes through: pmin and pmax give their first operand
 * then, and are one instruction each on x86 where min and max are ten.
 */
@inline
export function clip(v: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(v, low), high);
}

/** Writes up to eight sums of a row of a tile, clipped. */
@inline
export function writeRow(to: usize, left: v128, right: v128, count: i32): void {
  if (count >= 8) {
    v128.store(to, left);
    v128.store(to, right, 16);
    return;
  }
  if (count > 4) {
    v128.store(to, left);
    storePart(to + 16, right, count - 4);
  } else if (count == 4) {
    v128.store(to, left);
  } else {
    storePart(to, left, count);
  }
}
