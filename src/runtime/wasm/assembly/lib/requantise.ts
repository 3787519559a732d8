/** int32 sums as bytes of another scale: each rule of `simd/lib/requantise.ts`, eight channels at a time. */

/** Rules are made of these: whether sums are integers yet, what is done with multipliers, which way ties go. */
const CONVERTED: i32 = 1;
const DIVIDED: i32 = 2;
const AWAY: i32 = 4;
const TWICE: i32 = 8;
const ONCE: i32 = 16;
const RAW: i32 = 32;

/** 1.5·2²³: added to a float32 of less than 2²², it leaves the integer that is nearest, ties to even, in the low bits. */
const MAGIC: f32 = 12582912;

/** What every result passes. Lies within the parameters of a kernel, its last integers and its first float. */
@unmanaged
export class Result {
  rule: i32;
  /** Added to what is rounded and held within the bounds. */
  zero: i32;
  low: i32;
  high: i32;
  /** Added before it is rounded, by rules of floats. */
  offset: f32;
}

/** Words of what a panel begins with: eight sums to start from, and what its eight columns are multiplied by. */
export const HEAD: usize = 128;
const MULTIPLIERS: usize = 32;
const LEFT: usize = 64;
const RIGHT: usize = 96;

/** Bytes of a result. */
@inline
export function bytesOfResult(r: Result): i32 {
  return r.rule & RAW ? 4 : 1;
}

/** Four integers counted from `zero`, by a rule of floats. */
@inline
function fromFloats(sums: v128, multipliers: v128, r: Result): v128 {
  let v = r.rule & CONVERTED ? f32x4.convert_i32x4_s(sums) : sums;
  v = r.rule & DIVIDED ? f32x4.div(v, multipliers) : f32x4.mul(v, multipliers);
  v = f32x4.add(v, f32x4.splat(r.offset));
  v = f32x4.pmin(f32x4.splat(<f32>r.high), f32x4.pmax(f32x4.splat(<f32>r.low), v));
  if (r.rule & AWAY) {
    const whole = f32x4.trunc(v);
    const rest = f32x4.sub(v, whole);
    v = f32x4.add(whole, f32x4.trunc(f32x4.add(rest, rest)));
  }
  v = f32x4.add(v, f32x4.splat(MAGIC));
  return i32x4.sub(v, i32x4.splat(reinterpret<i32>(MAGIC)));
}

/** ⌊(a·b + 2³⁰) / 2³¹⌋ of four int32 that fit it: the bits above the low 32 of a quotient do not count. */
function highProducts(a: v128, b: v128): v128 {
  const half = i64x2.splat(1 << 30);
  const low = i64x2.shr_u(i64x2.add(i64x2.extmul_low_i32x4_s(a, b), half), 31);
  const high = i64x2.shr_u(i64x2.add(i64x2.extmul_high_i32x4_s(a, b), half), 31);
  return v128.shuffle<i32>(low, high, 0, 2, 4, 6);
}

/** Four integers, rounded to 32 bits and again where they are shifted to the right: `right` is 2^(31 − shift), negative for none. */
function twice(sums: v128, multipliers: v128, left: v128, right: v128, r: Result): v128 {
  const products = highProducts(i32x4.mul(sums, left), multipliers);
  // Ties are away from zero: one less below it, half up.
  const shifted = highProducts(i32x4.add(products, i32x4.shr_s(products, 31)), right);
  const v = v128.bitselect(products, shifted, i32x4.shr_s(right, 31));
  return i32x4.min_s(i32x4.max_s(v, i32x4.splat(r.low)), i32x4.splat(r.high));
}

/** An integer, rounded once, ties towards +∞: `bits` are those of the multiplier's fraction. */
@inline
function once(sum: i32, multiplier: i32, bits: i64, r: Result): i32 {
  const v = (<i64>sum * <i64>multiplier + (((<i64>1) << bits) >> 1)) >> bits;
  return <i32>min(max(v, <i64>r.low), <i64>r.high);
}

/** Four of them, in place of the sums. */
function onceInPlace(sums: usize, head: usize, r: Result): void {
  for (let k: usize = 0; k < 32; k += 4) {
    const multiplier = load<i32>(head + k, MULTIPLIERS);
    store<i32>(sums + k, once(load<i32>(sums + k), multiplier, load<i32>(head + k, RIGHT), r));
  }
}

/** Writes up to eight bytes, and nothing behind them. */
@inline
export function storeBytes(to: usize, bytes: u64, count: i32): void {
  if (count >= 8) {
    store<u64>(to, bytes);
    return;
  }
  for (let k = 0; k < count; k++, bytes >>= 8) store<u8>(to + k, <u8>bytes);
}

/**
 * Sums `[rows, 8]` as bytes of up to eight columns, whose rows are `pitch` bytes apart; by the raw rule as they are. Sums are
 * scratch memory that may change.
 */
export function requantise(sums: usize, rows: i32, head: usize, to: usize, pitch: usize, count: i32, r: Result): void {
  const m = v128.load(head, MULTIPLIERS);
  const n = v128.load(head, MULTIPLIERS + 16);
  const rule = r.rule;
  const zero = i32x4.splat(r.zero);
  for (let row = 0; row < rows; row++, sums += 32, to += pitch) {
    if (rule & RAW) {
      memory.copy(to, sums, min(8, count) << 2);
      continue;
    }
    if (rule & ONCE) onceInPlace(sums, head, r);
    let a = v128.load(sums);
    let b = v128.load(sums, 16);
    if (rule & TWICE) {
      a = twice(a, m, v128.load(head, LEFT), v128.load(head, RIGHT), r);
      b = twice(b, n, v128.load(head, LEFT + 16), v128.load(head, RIGHT + 16), r);
    } else if (!(rule & ONCE)) {
      a = fromFloats(a, m, r);
      b = fromFloats(b, n, r);
    }
    // Bytes with a sign and without are narrowed alike.
    const both = i16x8.narrow_i32x4_s(i32x4.add(a, zero), i32x4.add(b, zero));
    const bytes = v128.and(both, i16x8.splat(255));
    storeBytes(to, i64x2.extract_lane(i8x16.narrow_i16x8_u(bytes, bytes), 0), count);
  }
}
