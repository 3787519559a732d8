/** Vectors of four floats: what relaxed SIMD does in one instruction where the engine has it. */

/** a·b + c; with relaxed SIMD rounded once, where the processor does so. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  // @ts-ignore: RELAXED is given to the compiler (packaging/kernels.ts).
  if (RELAXED) return v128.relaxed_madd<f32>(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The first `count` (1 to 3) of four floats at an address; the others are 0. Nothing behind them is read. */
@inline
export function loadPart(from: usize, count: i32): v128 {
  if (count == 1) return v128.load32_zero(from);
  const two = v128.load64_zero(from);
  return count == 2 ? two : v128.load32_lane(from + 8, two, 2);
}

/** Writes the first `count` (1 to 3) of four floats, and nothing behind them. */
@inline
export function storePart(to: usize, v: v128, count: i32): void {
  if (count == 1) {
    v128.store32_lane(to, v, 0);
    return;
  }
  v128.store64_lane(to, v, 0);
  if (count == 3) v128.store32_lane(to + 8, v, 2);
}

/** Four floats, or as many as there are, at least one. */
@inline
export function loadUpTo(from: usize, count: i32): v128 {
  return count > 3 ? v128.load(from) : loadPart(from, count);
}

/** Four floats that are `step` bytes apart, or as many as there are, at least one; the others are 0. */
export function gather(from: usize, step: usize, count: i32): v128 {
  if (step == 4 && count > 3) return v128.load(from);
  let v = v128.load32_zero(from);
  if (count > 1) v = v128.load32_lane(from + step, v, 1);
  if (count > 2) v = v128.load32_lane(from + 2 * step, v, 2);
  if (count > 3) v = v128.load32_lane(from + 3 * step, v, 3);
  return v;
}

/** Writes four floats, or the first `count` of them. */
@inline
export function storeUpTo(to: usize, v: v128, count: i32): void {
  if (count > 3) v128.store(to, v);
  else storePart(to, v, count);
}

/** A size with the sign of x. */
@inline
export function signed(size: v128, x: v128): v128 {
  return v128.bitselect(x, size, i32x4.splat(0x80000000));
}
