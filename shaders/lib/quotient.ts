/** Quotients as IEEE 754 has them: WGSL's own may be 2.5 units off in the last place, which decides near ties. */
import { wgsl } from './module.ts';

/**
 * Declares `fn quotient(x, y) -> f32`: x / y rounded to the nearest float32, ties to even, where its size lies between
 * 10⁻³⁰ and 10³⁰ and neither is subnormal; elsewhere WGSL's. The significands' quotient is estimated, then corrected by its
 * remainder, which is exact in 32 bits although the product is not.
 */
export const QUOTIENT = wgsl`
fn quotient(x: f32, y: f32) -> f32 {
  let estimate = x / y;
  let size = abs(estimate);
  let x_bits = bitcast<u32>(x);
  let y_bits = bitcast<u32>(y);
  if (!(size > 1e-30 && size < 1e30) || (x_bits & 0x7f800000u) == 0u || (y_bits & 0x7f800000u) == 0u) { return estimate; }
  let x_part = (x_bits & 0x7fffffu) | 0x800000u;
  let y_part = (y_bits & 0x7fffffu) | 0x800000u;
  let shift = select(24u, 23u, x_part >= y_part);
  var part = u32(f32(x_part) / f32(y_part) * f32(1u << shift));
  var rest = bitcast<i32>((x_part << shift) - part * y_part);
  let step = i32(y_part);
  for (var k = 0u; k < 4u; k++) {
    if (rest < 0i) { part -= 1u; rest += step; }
    else if (rest >= step) { part += 1u; rest -= step; }
  }
  let twice = 2i * rest;
  part += select(0u, 1u, twice > step || (twice == step && (part & 1u) == 1u));
  let exponent = i32((x_bits >> 23u) & 255u) - i32((y_bits >> 23u) & 255u) - i32(shift);
  let magnitude = f32(part) * bitcast<f32>(u32(127i + exponent) << 23u);
  return bitcast<f32>(bitcast<u32>(magnitude) | ((x_bits ^ y_bits) & 0x80000000u));
}`;
