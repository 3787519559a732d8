/** Sine, cosine and tangent of any float32; WGSL asks of its own sine only 2⁻¹¹, and between −π and π. */
import { wgsl } from './module.ts';
import { quietNanFunction } from './special-numbers.ts';

/** 32 zeros, then the first bits of 2/π, in words: enough for the largest float32. */
const BITS = [
  '0u',
  '0xa2f9836eu',
  '0x4e441529u',
  '0xfc2757d1u',
  '0xf534ddc0u',
  '0xdb629599u',
  '0x3c439041u',
  '0xfe5163abu',
];

/**
 * Declares `fn reduced(x) -> Reduced`: what of |x| is left within ±π/4, and how many quarter turns that took, modulo 4; x is
 * finite.
 *
 * From 1/2 on, |x|·2/π is computed modulo 4 in integers, from those bits of 2/π that its exponent asks for (Payne and
 * Hanek, 1983), so that no compiler can reorder or contract it: the two upper bits of `phase` count quarters, the others
 * are a fraction of one. It has 64 bits, since at multiples of π/2 the first thirty of the fraction may be the same.
 * Taylor series then give the sine and the cosine of what is left.
 */
const REDUCED = wgsl`
const TWO_OVER_PI = array<u32, 8>(${BITS.join(', ')});
struct Reduced { rest: f32, turn: u32 }
fn word_from(bit: u32) -> u32 {
  return (TWO_OVER_PI[bit / 32u] << (bit % 32u)) | ((TWO_OVER_PI[bit / 32u + 1u] >> 1u) >> (31u - bit % 32u));
}
// The upper word of a product.
fn upper_product(a: u32, b: u32) -> u32 {
  let middle = (a & 0xffffu) * (b >> 16u) + (((a & 0xffffu) * (b & 0xffffu)) >> 16u);
  let other = (a >> 16u) * (b & 0xffffu) + (middle & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u);
}
fn reduced(x: f32) -> Reduced {
  let bits = bitcast<u32>(x) & 0x7fffffffu;
  let exponent = bits >> 23u;
  if (exponent < 126u) { return Reduced(abs(x), 0u); }
  let mantissa = (bits & 0x7fffffu) | 0x800000u;
  let second = word_from(exponent - 88u);
  let product = mantissa * second;
  let low = product + upper_product(mantissa, word_from(exponent - 56u));
  let phase = mantissa * word_from(exponent - 120u) + upper_product(mantissa, second) + select(0u, 1u, low < product);
  let turn = (phase + 0x20000000u) >> 30u;
  let rest = phase - (turn << 30u);
  let below = rest >= 0x80000000u;
  let high = select(rest, ~rest + select(0u, 1u, low == 0u), below);
  let size = (f32(high) + f32(select(low, 0u - low, below)) * 2.3283064365386963e-10) * 1.4629180792671596e-9;
  return Reduced(select(size, -size, below), turn);
}
fn sine_within(r: f32) -> f32 {
  let q = r * r;
  return r + r * q * (-0.16666667 + q * (0.0083333333 + q * (-0.00019841270 + q * 2.7557319e-6)));
}
fn cosine_within(r: f32) -> f32 {
  let q = r * r;
  return 1.0 - q * (0.5 - q * (0.041666667 - q * (0.0013888889 - q * (0.000024801587 - q * 2.7557319e-7))));
}`;

/** Declares `fn sine(x, quarter) -> f32`: sin(x + quarter·π/2), within 2e-7; NaN where x is NaN or infinite. */
export function sineFunction(): string {
  return wgsl`
${quietNanFunction()}
${REDUCED}
fn sine(x: f32, quarter: u32) -> f32 {
  let bits = bitcast<u32>(x);
  if ((bits & 0x7f800000u) == 0x7f800000u) { return quiet_nan(); }
  let angle = reduced(x);
  let turn = angle.turn + quarter;
  let size = select(sine_within(angle.rest), cosine_within(angle.rest), (turn & 1u) != 0u);
  // Sine is odd; where there is a quarter added, x counts as |x|: cosine is even.
  let negative = ((turn & 2u) != 0u) != (quarter == 0u && bits >= 0x80000000u);
  return select(size, -size, negative);
}`;
}

/** Declares `fn tangent(x) -> f32`, within 5 units in the last place also near its poles; NaN where x is NaN or infinite. */
export function tangentFunction(): string {
  return wgsl`
${quietNanFunction()}
${REDUCED}
fn tangent(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  if ((bits & 0x7f800000u) == 0x7f800000u) { return quiet_nan(); }
  let angle = reduced(x);
  let sine = sine_within(angle.rest);
  let cosine = cosine_within(angle.rest);
  let odd = (angle.turn & 1u) != 0u;
  let size = select(sine, -cosine, odd) / select(cosine, sine, odd);
  return select(size, -size, bits >= 0x80000000u);
}`;
}
