/** Quotients as IEEE 754 has them: WGSL's own may be 2.5 units off in the last place, which decides near ties. */
import { wgsl } from './module.ts';

/**
 * Declares `fn quotient(x, y) -> f32`: x / y rounded to the nearest float32, ties to even, subnormal numbers, infinities and NaN
 * as they are: all but an estimate is computed on bits. The significands' quotient is corrected by its remainder, which is exact
 * in 32 bits although the product is not.
 */
export const QUOTIENT = wgsl`
// A significand of 24 bits, and its exponent.
fn parts(bits: u32) -> vec2<i32> {
  let exponent = i32(bits >> 23u);
  let fraction = bits & 0x7fffffu;
  let missing = countLeadingZeros(fraction) - 8u;
  if (exponent == 0i) { return vec2<i32>(i32(fraction << missing), 1i - i32(missing)); }
  return vec2<i32>(i32(fraction | 0x800000u), exponent);
}
fn quotient(x: f32, y: f32) -> f32 {
  let sign = (bitcast<u32>(x) ^ bitcast<u32>(y)) & 0x80000000u;
  let x_bits = bitcast<u32>(x) & 0x7fffffffu;
  let y_bits = bitcast<u32>(y) & 0x7fffffffu;
  let none = max(x_bits, y_bits) > 0x7f800000u || (x_bits == y_bits && (x_bits == 0u || x_bits == 0x7f800000u));
  if (none) { return bitcast<f32>(x_bits | y_bits | 0x7fc00000u); }
  if (x_bits == 0u || y_bits == 0x7f800000u) { return bitcast<f32>(sign); }
  if (y_bits == 0u || x_bits == 0x7f800000u) { return bitcast<f32>(sign | 0x7f800000u); }
  let x_parts = parts(x_bits);
  let y_parts = parts(y_bits);
  let shift = select(24i, 23i, x_parts.x >= y_parts.x);
  var part = u32(f32(x_parts.x) / f32(y_parts.x) * f32(1u << u32(shift)));
  let step = y_parts.x;
  var rest = bitcast<i32>((u32(x_parts.x) << u32(shift)) - part * u32(step));
  for (var k = 0u; k < 4u; k++) {
    if (rest < 0i) { part -= 1u; rest += step; }
    else if (rest >= step) { part += 1u; rest -= step; }
  }
  // The exponent as a float32 has it, and how many bits a subnormal one has less.
  let exponent = x_parts.y - y_parts.y - shift + 150i;
  let less = u32(clamp(1i - exponent, 0i, 25i));
  let kept = part >> less;
  let lost = i32(part & ((1u << less) - 1u));
  let twice = select(2i * lost - (1i << less) + select(0i, 1i, rest > 0i), 2i * rest - step, less == 0u);
  let rounded = kept + select(0u, 1u, twice > 0i || (twice == 0i && (kept & 1u) == 1u));
  let magnitude = (u32(max(exponent, 1i) - 1i) << 23u) + rounded;
  return bitcast<f32>(sign | min(magnitude, 0x7f800000u));
}`;
