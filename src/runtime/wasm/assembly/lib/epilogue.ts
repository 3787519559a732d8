/** What is done to a sum before it is written: activations. */
import { activateRow } from './activate';
import { loadPart, storePart } from './vector';

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
}

/** Up to four floats; zeros where there are none. */
export function part(from: usize, count: i32): v128 {
  if (count > 3) return v128.load(from);
  return count > 0 ? loadPart(from, count) : f32x4.splat(0);
}

/** Writes up to eight sums of a row. */
export function writeRow(to: usize, left: v128, right: v128, count: i32): void {
  if (count < 4) {
    storePart(to, left, count);
    return;
  }
  v128.store(to, left);
  if (count > 7) v128.store(to, right, 16);
  else if (count > 4) storePart(to + 16, right, count - 4);
}

/** Writes up to eight sums of a row with all that is done to them. The residual lies so many bytes behind them; 0 for none. */
export function finishRow(to: usize, left: v128, right: v128, count: i32, residual: usize, finish: Finish): void {
  if (residual) {
    left = f32x4.add(left, part(to + residual, count));
    right = f32x4.add(right, part(to + residual + 16, count - 4));
  }
  if (!finish.kind) {
    left = clip(left, f32x4.splat(finish.alpha), f32x4.splat(finish.beta));
    right = clip(right, f32x4.splat(finish.alpha), f32x4.splat(finish.beta));
  }
  writeRow(to, left, right, count);
  if (finish.kind) activateRow(to, min(count, 8), finish.kind, finish.alpha, finish.beta);
}
