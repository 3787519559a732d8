/** The exponential and what is made of it. NaN gives NaN, and what is too large ±Infinity, as in `Math`. */
import { madd } from './vector';

/** p·x + c: a step of Horner's scheme. */
@inline
export function step(p: v128, x: v128, c: f32): v128 {
  return madd(p, x, f32x4.splat(c));
}

/**
 * eˣ, or eˣ − 1 with all of its digits where x is small. x = n·ln 2 + r, ln 2 in two parts of which n times the first is exact;
 * the polynomial in r is that of Cephes (Moshier, expf).
 */
export function exponential(x: v128, isLessOne: bool): v128 {
  // Beyond these all results are 0 or Infinity.
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(89)), f32x4.splat(-104));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(1.44269504)));
  const rough = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375)));
  const r = madd(n, f32x4.splat(2.1219444e-4), rough);
  let p = step(f32x4.splat(1.9875691e-4), r, 1.3981999e-3);
  p = step(p, r, 8.3334519e-3);
  p = step(p, r, 4.1665795e-2);
  p = step(p, r, 0.16666667);
  p = step(p, r, 0.5);
  p = madd(f32x4.mul(r, r), p, r);
  // 2ⁿ may be too large or too small for a float: two factors.
  const k = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(k, 1);
  const one = f32x4.splat(1);
  const y = f32x4.mul(f32x4.mul(f32x4.add(p, one), power(half)), power(i32x4.sub(k, half)));
  return isLessOne ? v128.bitselect(p, f32x4.sub(y, one), f32x4.eq(n, f32x4.splat(0))) : y;
}

/** 2ᵏ, k an integer of a float's exponent. */
@inline
function power(k: v128): v128 {
  return i32x4.shl(i32x4.add(k, i32x4.splat(127)), 23);
}

/** 1 / (1 + e⁻ˣ) */
export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x), false)));
}

/** The hyperbolic tangent, from e^(−2|x|) − 1. */
export function tanh(x: v128): v128 {
  const t = exponential(f32x4.mul(f32x4.abs(x), f32x4.splat(-2)), true);
  return signed(f32x4.div(t, f32x4.add(t, f32x4.splat(2))), x);
}

/** log(1 + t), t from 0 to 1: 2·artanh(t / (2 + t)), whose series in squares converges fast. */
export function log1p(t: v128): v128 {
  const s = f32x4.div(t, f32x4.add(t, f32x4.splat(2)));
  const z = f32x4.mul(s, s);
  let p = step(f32x4.splat(0.28178334), z, 0.27960601);
  p = step(p, z, 0.40024909);
  p = step(p, z, 0.66666317);
  return f32x4.mul(s, step(p, z, 2));
}

/** erf(x), or 1 − erf(|x|): 1 − erf(t) is e^(t·p(t)), p fitted up to t = 4, from where on it is 0 to a float beside 1. */
export function erf(x: v128, isRest: bool): v128 {
  const t = f32x4.abs(x);
  let p = step(f32x4.splat(-4.0707699e-5), t, 3.8099890e-4);
  p = step(p, t, -1.2517413e-3);
  p = step(p, t, -2.0572425e-4);
  p = step(p, t, 1.9321723e-2);
  p = step(p, t, -0.10281441);
  p = step(p, t, -0.63661647);
  p = step(p, t, -1.1283792);
  const isBeyond = f32x4.gt(t, f32x4.splat(4));
  const e = exponential(f32x4.mul(t, p), !isRest);
  return isRest ? v128.andnot(e, isBeyond) : signed(v128.bitselect(f32x4.splat(-1), e, isBeyond), x);
}

/** A size with the sign of x. */
@inline
function signed(size: v128, x: v128): v128 {
  return v128.bitselect(x, size, i32x4.splat(0x80000000));
}
