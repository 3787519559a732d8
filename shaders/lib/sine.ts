/** Sine and cosine of any float32; WGSL asks of its own only 2⁻¹¹, and between −π and π. */
import { wgsl } from './module.ts';
import { quietNanFunction } from './special-numbers.ts';

/** 32 zeros, then the first bits of 2/π, in words: enough for the largest float32. */
const BITS = ['0u', '0xa2f9836eu', '0x4e441529u', '0xfc2757d1u', '0xf534ddc0u', '0xdb629599u', '0x3c439041u'];

/**
 * Declares `fn sine(x, quarter) -> f32`: sin(x + quarter·π/2), within 2e-7; NaN where x is NaN or infinite.
 *
 * From 1/2 on, |x|·2/π is computed modulo 4 in integers, from those bits of 2/π that its exponent asks for (Payne and
 * Hanek, 1983), so that no compiler can reorder or contract it: the two upper bits of `phase` count quarters, the others
 * are a fraction of one. Each byte of the 64 bits that matter is multiplied by the 24 bits of x, but for the last. What is left
 * of x lies within ±π/4, where Taylor series suffice.
 */
export function sineFunction(): string {
  return wgsl`
${quietNanFunction()}
const TWO_OVER_PI = array<u32, 7>(${BITS.join(', ')});
fn word_from(bit: u32) -> u32 {
  return (TWO_OVER_PI[bit / 32u] << (bit % 32u)) | ((TWO_OVER_PI[bit / 32u + 1u] >> 1u) >> (31u - bit % 32u));
}
fn sine(x: f32, quarter: u32) -> f32 {
  let bits = bitcast<u32>(x);
  let exponent = (bits >> 23u) & 255u;
  if (exponent == 255u) { return quiet_nan(); }
  var r = abs(x);
  var turn = quarter;
  if (exponent >= 126u) {
    let mantissa = (bits & 0x7fffffu) | 0x800000u;
    let upper = word_from(exponent - 120u);
    let lower = word_from(exponent - 88u);
    var phase = 0u;
    for (var shift = 0u; shift < 32u; shift += 8u) { phase += (mantissa * ((upper >> shift) & 255u)) << shift; }
    for (var shift = 8u; shift < 32u; shift += 8u) { phase += (mantissa * ((lower >> shift) & 255u)) >> (32u - shift); }
    let nearest = (phase + 0x20000000u) >> 30u;
    r = f32(bitcast<i32>(phase - (nearest << 30u))) * 1.4629180792671596e-9;
    turn += nearest;
  }
  let q = r * r;
  let s = r + r * q * (-0.16666667 + q * (0.0083333333 + q * (-0.00019841270 + q * 2.7557319e-6)));
  let c = 1.0 - q * (0.5 - q * (0.041666667 - q * (0.0013888889 - q * (0.000024801587 - q * 2.7557319e-7))));
  let size = select(s, c, (turn & 1u) != 0u);
  // Sine is odd; where there is a quarter added, x counts as |x|: cosine is even.
  let negative = ((turn & 2u) != 0u) != (quarter == 0u && bits >= 0x80000000u);
  return select(size, -size, negative);
}`;
}
