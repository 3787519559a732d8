/** Hyperbolic functions and their inverses, exact near zero and to the ends of the range; WGSL's own lose small arguments' digits. */
import { wgsl } from './module.ts';
import { vectorType } from './numbers.ts';
import { infinityFunction, quietNanFunction } from './special-numbers.ts';

const typed = (text: string, width: 1 | 4): string =>
  text
    .replaceAll(/\bT\b/g, vectorType('f32', width))
    .replaceAll(/\bU\b/g, vectorType('u32', width))
    .replaceAll(/\bI\b/g, vectorType('i32', width));

/** ln 2 in two parts: products of the first with whole numbers below 2¹⁵ are exact. */
const LN2 = ['0.693359375', '2.1219444005469057e-4'] as const;

/**
 * Declares `fn hyperbolic_sine(x)` and `fn hyperbolic_cosine(x)`, within 3 units in the last place. e^|x| / 2 = 2^k · e^r, with
 * r within ±ln 2 / 2, where a Taylor series is exact; 2^k is made of its bits, a quarter of it, so that all results have
 * room. Below 1, where the halves of a sine cancel, its own series is taken.
 */
export function hyperbolicFunctions(width: 1 | 4): string {
  return typed(
    wgsl`
fn half_power(size: T) -> T {
  let x = min(size, T(89.5));
  let k = floor(x * 1.4426950408889634 + 0.5);
  let r = (x - k * ${LN2[0]}) + k * ${LN2[1]};
  let p = r + r * r * (0.5 + r * (0.16666667 + r * (0.041666667 + r * (0.0083333333 + r * (0.0013888889 + r * 0.00019841270)))));
  let quarter = bitcast<T>(U(k + 125.0) << U(23u));
  return (quarter + quarter * p) * 2.0;
}
fn hyperbolic_sine(x: T) -> T {
  let size = abs(x);
  let z = x * x;
  let series = size + size * z * (0.16666667 + z * (0.0083333333 + z * (0.00019841270 + z * 2.7557319e-6)));
  let half = half_power(size);
  let result = bitcast<U>(select(half - 0.25 / half, series, size < T(1.0)));
  let bits = bitcast<U>(x);
  let signed = bitcast<T>(result | (bits & U(0x80000000u)));
  return select(signed, x, (bits & U(0x7fffffffu)) >= U(0x7f800000u));
}
fn hyperbolic_cosine(x: T) -> T {
  let half = half_power(abs(x));
  let bits = bitcast<U>(x) & U(0x7fffffffu);
  return select(half + 0.25 / half, bitcast<T>(bits), bits >= U(0x7f800000u));
}`,
    width,
  );
}

/**
 * Declares `fn area_sine(x)`, `fn area_cosine(x)` and `fn area_tangent(x)`, the inverses, within 4 units in the last place; NaN
 * outside their domains. All are logarithms of 1 + u with a u that is exact where it is small: log(1 + u) = k · ln 2 + 2 atanh(s), of the
 * significand of 1 + u, or of u itself where that is small. Beyond 2¹² the logarithm of 2x is their value, and x² is never formed.
 */
export function areaFunctions(width: 1 | 4): string {
  return typed(
    wgsl`
${quietNanFunction()}
${infinityFunction()}
fn log_one_plus(u: T) -> T {
  let bits = bitcast<U>(u + 1.0);
  let k = (bits - U(0x3f3504f3u)) >> U(23u);
  let f = select(bitcast<T>(bits - (k << U(23u))) - 1.0, u, k == U(0u));
  let s = f / (f + 2.0);
  let z = s * s;
  let series = s + s * z * (0.33333333 + z * (0.2 + z * (0.14285714 + z * 0.11111111)));
  return T(k) * ${LN2[0]} + (2.0 * series - T(k) * ${LN2[1]});
}
fn area_sine(x: T) -> T {
  let size = abs(x);
  let bits = bitcast<U>(x);
  let large = size > T(4096.0);
  let squared = min(size, T(4096.0)) * min(size, T(4096.0));
  let near = size + squared / (1.0 + sqrt(1.0 + squared));
  let result = log_one_plus(select(near, size - 1.0, large)) + select(T(0.0), T(0.69314718), large);
  let signed = bitcast<T>(bitcast<U>(result) | (bits & U(0x80000000u)));
  return select(signed, x, (bits & U(0x7fffffffu)) >= U(0x7f800000u));
}
fn area_cosine(x: T) -> T {
  let bits = bitcast<U>(x);
  let large = x > T(4096.0);
  let t = max(x - 1.0, T(0.0));
  let near = min(t, T(4096.0));
  let u = select(near + sqrt(near * (near + 2.0)), t, large);
  let result = log_one_plus(u) + select(T(0.0), T(0.69314718), large);
  let open = select(result, x, bits == U(0x7f800000u));
  return select(open, T(quiet_nan()), (bits < U(0x3f800000u)) | (bits > U(0x7f800000u)));
}
fn area_tangent(x: T) -> T {
  let bits = bitcast<U>(x);
  let size = bits & U(0x7fffffffu);
  let inside = select(T(0.0), abs(x), size < U(0x3f800000u));
  let result = 0.5 * log_one_plus(2.0 * inside / (1.0 - inside));
  let open = select(result, T(infinity()), size == U(0x3f800000u));
  let signed = bitcast<T>(bitcast<U>(open) | (bits & U(0x80000000u)));
  return select(signed, T(quiet_nan()), size > U(0x3f800000u));
}`,
    width,
  );
}
