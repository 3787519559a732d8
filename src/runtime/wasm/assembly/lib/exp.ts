/** The exponential and what is made of it. NaN gives NaN, and what is too large ±Infinity, as in `Math`. */
import { madd } from './vector';

/** p·x + c: a step of Horner's scheme. */
@inline
export function step(p: v128, x: v128, c: f32): v128 {
  return madd(p, x, f32x4.splat(c));
}

/**
 * eˣ, or eˣ − 1 with all of its digits where x is small. x = n·ln 2 + r, ln 2 in two parts of which n times the first
 * is exact; of r a polynomial (fitted: 1.3e-8 off). To be called where every round of a loop passes: the engine keeps
 * the constants in registers then.
 */
@inline
export function exponential(x: v128, isLessOne: bool): v128 {
  // 2ⁿ has a float's exponent between these, but for results that are Infinity, and for those that are 0.
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(89)), f32x4.splat(-87.5));
  // The last bits of 1.5·2²³ and a number are its nearest integer.
  const whole = f32x4.splat(12582912);
  const k = step(bounded, f32x4.splat(1.44269504), 12582912);
  const n = f32x4.sub(k, whole);
  const rough = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375)));
  const r = madd(n, f32x4.splat(2.1219444e-4), rough);
  let p = step(f32x4.splat(1.3882519e-3), r, 8.366538e-3);
  p = step(p, r, 4.16672e-2);
  p = step(p, r, 0.16666543);
  p = step(p, r, 0.5);
  p = madd(f32x4.mul(r, r), p, r);
  const one = f32x4.splat(1);
  // 2ⁿ⁻¹: 126 less the offset of the exponents, which the shift takes away.
  const half = i32x4.shl(i32x4.add(k, i32x4.splat(126)), 23);
  const y = f32x4.mul(f32x4.add(p, one), half);
  const e = f32x4.add(y, y);
  return isLessOne ? v128.bitselect(p, f32x4.sub(e, one), f32x4.eq(n, f32x4.splat(0))) : e;
}

/** log(1 + t), t from −1/3 to 1: 2·artanh(t / (2 + t)), whose series in squares converges fast. */
@inline
export function log1p(t: v128): v128 {
  const s = f32x4.div(t, f32x4.add(t, f32x4.splat(2)));
  const z = f32x4.mul(s, s);
  let p = step(f32x4.splat(0.28178334), z, 0.27960601);
  p = step(p, z, 0.40024909);
  p = step(p, z, 0.66666317);
  return f32x4.mul(s, step(p, z, 2));
}

/** log(x): x = 2ⁿ·m, m from 2/3 to 4/3. */
export function log(x: v128): v128 {
  // Subnormal numbers have too few bits to take apart.
  const isSmall = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const v = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, isSmall);
  // The bits beyond those of 2/3: their whole part is n.
  const n = i32x4.shr_s(i32x4.sub(v, i32x4.splat(0x3f2aaaab)), 23);
  const m = i32x4.sub(v, i32x4.shl(n, 23));
  const exponent = f32x4.sub(f32x4.convert_i32x4_s(n), v128.and(isSmall, f32x4.splat(23)));
  const y = madd(exponent, f32x4.splat(0.69314718), log1p(f32x4.sub(m, f32x4.splat(1))));
  // Infinity and NaN are their own; of 0 it is −Infinity, of less NaN.
  const zero = f32x4.splat(0);
  const isFinite = f32x4.lt(x, f32x4.splat(Infinity));
  const edge = v128.bitselect(f32x4.splat(-Infinity), f32x4.splat(NaN), f32x4.eq(x, zero));
  return v128.bitselect(edge, v128.bitselect(y, x, isFinite), f32x4.le(x, zero));
}

/** log(1 − erf(t)), t ≥ 0: t times a polynomial, fitted up to t = 4; from there on 1 − erf(t) is nothing beside 1. */
@inline
export function logErfRest(t: v128): v128 {
  let p = step(f32x4.splat(-4.0707699e-5), t, 3.809989e-4);
  p = step(p, t, -1.2517413e-3);
  p = step(p, t, -2.0572425e-4);
  p = step(p, t, 1.9321723e-2);
  p = step(p, t, -0.10281441);
  p = step(p, t, -0.63661647);
  p = step(p, t, -1.1283792);
  return v128.bitselect(f32x4.splat(-200), f32x4.mul(t, p), f32x4.gt(t, f32x4.splat(4)));
}
