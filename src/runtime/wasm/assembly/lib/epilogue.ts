/** What is done to sums before they are written. */
import { gather, storeUpTo } from './vector';

/**
 * The clip that every result passes: no activation is one without bounds. NaN passes through: pmin and pmax give their first operand
 * then, and are one instruction each on x86 where min and max are ten.
 */
@inline
export function clip(v: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(v, low), high);
}

/** The last three words of a call's parameters: its activation. */
@unmanaged
export class Finish {
  /** 0: clipped between alpha and beta; else the position among the kinds (src/ir/ops/attributes.ts). */
  kind: i32;
  alpha: f32;
  beta: f32;

  /** What sums are clipped between. */
  @inline
  get low(): v128 {
    return f32x4.splat(this.kind ? -Infinity : this.alpha);
  }

  @inline
  get high(): v128 {
    return f32x4.splat(this.kind ? Infinity : this.beta);
  }
}

/**
 * Writes up to eight sums of a row: what lies so many bytes behind the result is added (0: nothing), and they are clipped, which no
 * activation is without bounds.
 */
export function finishRow(
  to: usize,
  left: v128,
  right: v128,
  count: i32,
  residual: usize,
  low: v128,
  high: v128,
): void {
  finishFour(to, left, count, residual, low, high);
  if (count > 4) finishFour(to + 16, right, count - 4, residual, low, high);
}

function finishFour(to: usize, sums: v128, count: i32, residual: usize, low: v128, high: v128): void {
  if (residual) sums = f32x4.add(sums, gather(to + residual, 4, count));
  storeUpTo(to, clip(sums, low, high), count);
}
