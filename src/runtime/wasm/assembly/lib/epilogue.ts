/** What is done to a sum before it is written: a residual, activations. */
import { loadPart, storePart } from './vector';

/**
 * The clip that every result passes: no activation is one without bounds. NaN passes through: pmin and pmax give their first operand
 * then, and are one instruction each on x86 where min and max are ten.
 */
@inline
export function clip(v: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(v, low), high);
}

/** Activates so many floats where they are: an export of the module `activation`. */
@external('env', 'activateRow')
export declare function activateRow(address: usize, count: i32, kind: i32, alpha: f32, beta: f32): void;

/** The last three words of a call's parameters: its activation. */
@unmanaged
export class Finish {
  /** 0: clipped between alpha and beta; else the position among the kinds (src/ir/ops/attributes.ts). */
  kind: i32;
  alpha: f32;
  beta: f32;
}

/** Four sums, or `count` of them where that is less: a residual is added (unless `residual` is 0), they are clipped and written. */
function write(to: usize, v: v128, count: i32, residual: usize, finish: Finish): void {
  if (count < 1) return;
  const isWhole = count > 3;
  if (residual) v = f32x4.add(v, isWhole ? v128.load(to + residual) : loadPart(to + residual, count));
  if (!finish.kind) v = clip(v, f32x4.splat(finish.alpha), f32x4.splat(finish.beta));
  if (isWhole) v128.store(to, v);
  else storePart(to, v, count);
}

/**
 * Finishes and writes up to eight sums of a row. What lies `residual` bytes (modulo 2³²) behind each result is added to it before
 * the activation; nothing where that is 0.
 */
export function writeRow(to: usize, left: v128, right: v128, count: i32, residual: usize, finish: Finish): void {
  write(to, left, count, residual, finish);
  write(to + 16, right, count - 4, residual, finish);
  if (finish.kind) activateRow(to, min(count, 8), finish.kind, finish.alpha, finish.beta);
}
