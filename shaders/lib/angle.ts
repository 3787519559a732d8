/** The angle of a point in the plane; WGSL's own atan2 may be 4096 ULP off, and is not defined where it is infinite or zero. */
import { wgsl } from './module.ts';
import { isNanFunction, vectorType } from './numbers.ts';
import { quietNanFunction } from './special-numbers.ts';

/**
 * Declares `fn angle(a, b)`, C's atan2 within 3e-7: the angle of the point (b, a), in all quadrants, with signs of zeros and
 * infinite coordinates, decided on bits; NaN where either is NaN. The tangent of the angle to the nearer axis is at most 1,
 * and beyond π/8 that to its diagonal is taken; atan(x) / x between is a polynomial of x² (least squares, relative error 4e-8).
 */
export function angleFunction(width: 1 | 4): string {
  return wgsl`
${isNanFunction(width)}
fn angle(a: T, b: T) -> T {
  let infinite = U(0x7f800000u);
  let rise = bitcast<U>(a) & U(0x7fffffffu);
  let run = bitcast<U>(b) & U(0x7fffffffu);
  let steep = rise > run;
  let near = select(rise, run, steep);
  let far = select(run, rise, steep);
  // Quarters, so that no quotient of large numbers leaves the range of an exact division; equal numbers are at the diagonal.
  let divisor = select(bitcast<T>(far) * T(0.25), T(1), (far == U(0)) | (far >= infinite));
  let quotient = select(bitcast<T>(near) * T(0.25), T(0), (far == U(0)) | (far >= infinite)) / divisor;
  let tangent = select(quotient, T(1), (near == far) & (far != U(0)));
  let diagonal = tangent > T(0.41421356);
  let x = select(tangent, (tangent - T(1)) / (tangent + T(1)), diagonal);
  let z = x * x;
  let series = ((T(0.08236014) * z - T(0.13940345)) * z + T(0.19984333)) * z - T(0.33333156);
  let small = x + x * z * series + select(T(0), T(0.78539816), diagonal);
  let first = select(small, T(1.57079633) - small, steep);
  let second = select(first, T(3.14159265) - first, (bitcast<U>(b) >> U(31)) == U(1));
  let signed = bitcast<T>(bitcast<U>(second) | (bitcast<U>(a) & U(0x80000000u)));
  return select(signed, a + b, is_nan(a) | is_nan(b));
}`
    .replaceAll(/\bT\b/g, vectorType('f32', width))
    .replaceAll(/\bU\b/g, vectorType('u32', width));
}

/**
 * Declares `fn arc_sine(x)` and `fn arc_cosine(x)`: the angle of the point on the unit circle, of which √((1 − x)(1 + x)) is the
 * other coordinate, so that neither loses digits near ±1; NaN outside [−1, 1].
 */
export function arcFunctions(width: 1 | 4): string {
  return wgsl`
${angleFunction(width)}
${quietNanFunction()}
fn beside(x: T) -> T {
  let inside = (bitcast<U>(x) & U(0x7fffffffu)) <= U(0x3f800000u);
  return select(T(quiet_nan()), sqrt(select(T(0.0), (1.0 - x) * (1.0 + x), inside)), inside);
}
fn arc_sine(x: T) -> T { return angle(x, beside(x)); }
fn arc_cosine(x: T) -> T { return angle(beside(x), x); }`
    .replaceAll(/\bT\b/g, vectorType('f32', width))
    .replaceAll(/\bU\b/g, vectorType('u32', width));
}
