/** int32 sums as bytes of another scale: each rule of `simd/lib/requantise.ts`, eight channels at a time. */

/** Rules are made of these: whether sums are integers yet, what is done with multipliers, which way ties go. */
const CONVERTED: i32 = 1;
const DIVIDED: i32 = 2;
const AWAY: i32 = 4;
const TWICE: i32 = 8;
const ONCE: i32 = 16;
const RAW: i32 = 32;
const SHIFTED: i32 = 64;

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
export const MULTIPLIERS: usize = 32;
const LEFT: usize = 64;
const RIGHT: usize = 96;

/** Bytes of a result. */
@inline
export function bytesOfResult(r: Result): i32 {
  return r.rule & RAW ? 4 : 1;
}

/** ⌊(a·b + 2³⁰) / 2³¹⌋ of four int32 that fit it: the bits above the low 32 of a quotient do not count. */
function highProducts(a: v128, b: v128): v128 {
  const half = i64x2.splat(1 << 30);
  const low = i64x2.shr_u(i64x2.add(i64x2.extmul_low_i32x4_s(a, b), half), 31);
  const high = i64x2.shr_u(i64x2.add(i64x2.extmul_high_i32x4_s(a, b), half), 31);
  return v128.shuffle<i32>(low, high, 0, 2, 4, 6);
}

/** Four integers, rounded to 32 bits and again where they are shifted to the right: `right` is 2^(31 − shift), negative for none. */
function twice(sums: v128, multipliers: v128, left: v128, right: v128): v128 {
  const products = highProducts(i32x4.mul(sums, left), multipliers);
  // Ties are away from zero: one less below it, half up.
  const shifted = highProducts(i32x4.add(products, i32x4.shr_s(products, 31)), right);
  return v128.bitselect(products, shifted, i32x4.shr_s(right, 31));
}

/** Eight integers in place of sums, rounded once, ties towards +∞: `RIGHT` are the bits of the multiplier's fraction. */
function onceInPlace(sums: usize, head: usize): void {
  for (let k: usize = 0; k < 32; k += 4) {
    const bits = <i64>load<i32>(head + k, RIGHT);
    const product = <i64>load<i32>(sums + k) * <i64>load<i32>(head + k, MULTIPLIERS);
    const v = (product + (((<i64>1) << bits) >> 1)) >> bits;
    store<i32>(sums + k, <i32>min(max(v, <i64>i32.MIN_VALUE), <i64>i32.MAX_VALUE));
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

/** Four floats as the integers that are nearest, and less `bias`, within bounds. */
@inline
function nearest(v: v128, low: v128, high: v128, bias: v128, rule: i32): v128 {
  v = f32x4.pmin(high, f32x4.pmax(low, v));
  if (rule & AWAY) {
    const whole = f32x4.trunc(v);
    const rest = f32x4.sub(v, whole);
    v = f32x4.add(whole, f32x4.trunc(f32x4.add(rest, rest)));
  }
  return i32x4.sub(f32x4.add(v, f32x4.splat(MAGIC)), bias);
}

/** Rows by a rule of floats: see `requantise`. */
function byFloats(sums: usize, rows: i32, head: usize, to: usize, pitch: usize, count: i32, r: Result): void {
  const m = v128.load(head, MULTIPLIERS);
  const n = v128.load(head, MULTIPLIERS + 16);
  const rule = r.rule;
  const low = f32x4.splat(<f32>r.low);
  const high = f32x4.splat(<f32>r.high);
  const offset = f32x4.splat(r.offset);
  const bias = i32x4.splat(reinterpret<i32>(MAGIC) - r.zero);
  for (let row = 0; row < rows; row++, sums += 32, to += pitch) {
    let a = v128.load(sums);
    let b = v128.load(sums, 16);
    if (rule & CONVERTED) {
      a = f32x4.convert_i32x4_s(a);
      b = f32x4.convert_i32x4_s(b);
    }
    if (rule & DIVIDED) {
      a = f32x4.div(a, m);
      b = f32x4.div(b, n);
    } else {
      a = f32x4.mul(a, m);
      b = f32x4.mul(b, n);
    }
    a = nearest(f32x4.add(a, offset), low, high, bias, rule);
    b = nearest(f32x4.add(b, offset), low, high, bias, rule);
    storeBytes(to, narrowed(a, b), count);
  }
}

/** Eight bytes, with a sign or without alike. */
@inline
function narrowed(a: v128, b: v128): u64 {
  const bytes = v128.and(i16x8.narrow_i32x4_s(a, b), i16x8.splat(255));
  return i64x2.extract_lane(i8x16.narrow_i16x8_u(bytes, bytes), 0);
}

/** Rows by a rule of integers: see `requantise`. */
function byIntegers(sums: usize, rows: i32, head: usize, to: usize, pitch: usize, count: i32, r: Result): void {
  const low = i32x4.splat(r.low);
  const high = i32x4.splat(r.high);
  const zero = i32x4.splat(r.zero);
  const bits = load<i32>(head, RIGHT);
  const half = i32x4.splat((1 << bits) >> 1);
  for (let row = 0; row < rows; row++, sums += 32, to += pitch) {
    if (r.rule & ONCE) onceInPlace(sums, head);
    let a = v128.load(sums);
    let b = v128.load(sums, 16);
    if (r.rule & TWICE) {
      a = twice(a, v128.load(head, MULTIPLIERS), v128.load(head, LEFT), v128.load(head, RIGHT));
      b = twice(b, v128.load(head, MULTIPLIERS + 16), v128.load(head, LEFT + 16), v128.load(head, RIGHT + 16));
    } else if (r.rule & SHIFTED) {
      a = i32x4.shr_s(i32x4.add(a, half), bits);
      b = i32x4.shr_s(i32x4.add(b, half), bits);
    }
    a = i32x4.add(i32x4.min_s(i32x4.max_s(a, low), high), zero);
    b = i32x4.add(i32x4.min_s(i32x4.max_s(b, low), high), zero);
    storeBytes(to, narrowed(a, b), count);
  }
}

/**
 * Sums `[rows, 8]` as bytes of up to eight columns, whose rows are `pitch` bytes apart; by the raw rule as they are. Sums are
 * scratch memory that may change.
 */
export function requantise(sums: usize, rows: i32, head: usize, to: usize, pitch: usize, count: i32, r: Result): void {
  if (r.rule & RAW) {
    for (let row = 0; row < rows; row++, sums += 32, to += pitch) memory.copy(to, sums, min(8, count) << 2);
  } else if (r.rule & (TWICE | ONCE | SHIFTED)) {
    byIntegers(sums, rows, head, to, pitch, count, r);
  } else {
    byFloats(sums, rows, head, to, pitch, count, r);
  }
}

/** Sums in a row as bytes in a row, eight by eight: what lies behind the last in scratch memory is read, and not written. */
export function requantiseRun(sums: usize, count: i32, head: usize, to: usize, r: Result): void {
  const rows = count >> 3;
  requantise(sums, rows, head, to, 8, 8, r);
  if (count & 7) requantise(sums + (rows << 5), 1, head, to + (rows << 3), 8, count & 7, r);
}
