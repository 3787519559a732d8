/**
 * 32-bit fixed-point arithmetic: the WGSL of src/util/fixed-point.ts, bit for bit. WGSL has no 64-bit integers: products are
 * made of 16-bit halves, as (high word, low word).
 */
import type { Multipliers } from '../../src/ir/quantise/multipliers.ts';
import { range } from '../../src/util/arrays.ts';
import { wgsl } from './module.ts';

/** How a sum is brought to another scale. */
export type RescaleRule = Multipliers['rule'];

/** Declares `fn wide_product(a, b) -> vec2<u32>`: the 64 bits of a·b, low word first. */
const WIDE_PRODUCT = wgsl`
fn wide_product(a: i32, b: i32) -> vec2<u32> {
  let a_low = a & 0xffffi;
  let a_high = a >> 16u;
  let b_low = b & 0xffffi;
  let b_high = b >> 16u;
  let low = u32(a_low) * u32(b_low);
  let middle = a_high * b_low + i32(low >> 16u);
  let carried = a_low * b_high + (middle & 0xffffi);
  let high = a_high * b_high + (middle >> 16u) + (carried >> 16u);
  return vec2<u32>((u32(carried) << 16u) | (low & 0xffffu), u32(high));
}`;

/** Declares `fn high_product(a, b) -> i32`: ⌊(a·b + 2³⁰) / 2³¹⌋, but for −2³¹ squared; and what it calls. */
export const HIGH_PRODUCT = wgsl`
${WIDE_PRODUCT}
fn high_product(a: i32, b: i32) -> i32 {
  let p = wide_product(a, b);
  let low = p.x + 0x40000000u;
  let high = p.y + select(0u, 1u, low < p.x);
  return bitcast<i32>((high << 1u) | (low >> 31u));
}`;

/** Declares `fn rounding_shift(x, exponent) -> i32`: x / 2^exponent (0 to 31), ties away from zero. */
export const ROUNDING_SHIFT = wgsl`
fn rounding_shift(x: i32, exponent: u32) -> i32 {
  let mask = (1u << exponent) - 1u;
  let rest = bitcast<u32>(x) & mask;
  let threshold = (mask >> 1u) + select(0u, 1u, x < 0i);
  return (x >> exponent) + select(0i, 1i, rest > threshold);
}`;

/** Leaves the nearest float32 of the i32 `sum` in `real`. */
export const SUM_AS_FLOAT = `// WGSL may round an i32 beyond 2²⁴ either way; both halves are exact, and their sum is rounded to even.
  let real = f32(sum >> 16u) * 65536.0 + f32(sum & 0xffffi);`;

/**
 * Declares `fn rescale(sum, multiplier, shift) -> i32`: a sum brought to another scale, by a rule of
 * `Multipliers` (src/ir/quantise/multipliers.ts). For `even` and `away`, `multiplier` holds the bits of a float32.
 */
export function rescaleFunction(rule: RescaleRule): string {
  switch (rule) {
    case 'twice':
      return wgsl`
${HIGH_PRODUCT}
${ROUNDING_SHIFT}
fn rescale(sum: i32, multiplier: i32, shift: i32) -> i32 {
  let left = u32(max(shift, 0i));
  return rounding_shift(high_product(select(sum << left, 0i, left > 31u), multiplier), u32(max(-shift, 0i)));
}`;
    case 'once':
      return wgsl`
${WIDE_PRODUCT}
fn rescale(sum: i32, multiplier: i32, shift: i32) -> i32 {
  let p = wide_product(sum, multiplier);
  // Whatever is beyond saturates in every type.
  let beyond = select(0x3fffffffi, -0x40000000i, bitcast<i32>(p.y) < 0i);
  if (shift > 30i) { return select(beyond, 0i, (p.x | p.y) == 0u); }
  let bits = u32(31i - shift);
  // Half of the last bit that is kept, added to both words.
  let half_low = select(0u, 1u << ((bits - 1u) & 31u), bits <= 32u);
  let half_high = select(1u << ((bits - 33u) & 31u), 0u, bits <= 32u);
  let low = p.x + half_low;
  let high = bitcast<i32>(p.y + half_high + select(0u, 1u, low < half_low));
  if (bits >= 32u) { return high >> min(bits - 32u, 31u); }
  let above = high >> (bits - 1u);
  return select(beyond, bitcast<i32>((bitcast<u32>(high) << (32u - bits)) | (low >> bits)), above == 0i || above == -1i);
}`;
    case 'even':
    case 'away':
      return wgsl`
fn rescale(sum: i32, multiplier: i32, shift: i32) -> i32 {
  ${SUM_AS_FLOAT}
  let product = real * bitcast<f32>(multiplier);
#if ${rule === 'even'}
  let rounded = round(product);
#else
  // What is cut off is exact; product + 0.5 is not where it is just below a half.
  let whole = trunc(product);
  let rounded = whole + select(0.0, sign(product), abs(product - whole) >= 0.5);
#endif
  // Whatever is beyond saturates in every type.
  return i32(clamp(rounded, -1e9, 1e9));
}`;
  }
}

/**
 * Declares `fn requantised(sum, multiplier, shift) -> i32`: a sum brought to the result's scale and zero point, and held in its
 * range; and what it calls. The parameters are `zero_point`, `lowest` and `highest`.
 */
export function requantisedFunction(rule: RescaleRule): string {
  return wgsl`
${rescaleFunction(rule)}
fn requantised(sum: i32, multiplier: i32, shift: i32) -> i32 {
  // Held first: beside the ends of int32 there is no room for a zero point.
  let zero = params.zero_point;
  return clamp(rescale(sum, multiplier, shift), params.lowest - zero, params.highest - zero) + zero;
}`;
}

/**
 * Declares `fn integers_of(held) -> vec4<i32>`: whole floats within 2²² as integers. Within [2²³, 2²⁴) integers are a float's
 * lowest bits; drivers for processors convert lane by lane, and check the range.
 */
export const INTEGERS_OF = wgsl`
fn integers_of(held: vec4<f32>) -> vec4<i32> { return bitcast<vec4<i32>>(held + 12582912.0) - 0x4b400000i; }`;

/** Whether sums are rescaled as float32. */
export function isReal(rule: RescaleRule): rule is 'even' | 'away' {
  return rule === 'even' || rule === 'away';
}

/**
 * Declares `fn requantised_fours(sums, multipliers, shifts) -> vec4<i32>`: `requantised` of four sums. `small` ones lie within
 * 2²⁴, and are float32 as they are. By the rules `isReal` there is `fn requantised_reals(sums, multipliers)`, too, of such.
 */
export function requantisedFoursFunction(rule: RescaleRule, small: boolean): string {
  const signature = 'fn requantised_fours(sums: vec4<i32>, multipliers: vec4<i32>, shifts: vec4<i32>) -> vec4<i32>';
  if (!isReal(rule)) {
    return wgsl`
${requantisedFunction(rule)}
${signature} {
  return vec4<i32>(${range(4)
    .map((k) => `requantised(sums[${k}], multipliers[${k}], shifts[${k}])`)
    .join(', ')});
}`;
  }
  return wgsl`
${INTEGERS_OF}
fn requantised_reals(real: vec4<f32>, multipliers: vec4<i32>) -> vec4<i32> {
  let product = real * bitcast<vec4<f32>>(multipliers);
#if ${rule === 'even'}
  let rounded = round(product);
#else
  let whole = trunc(product);
  let rounded = whole + select(vec4<f32>(), sign(product), abs(product - whole) >= vec4<f32>(0.5));
#endif
  let zero = params.zero_point;
  let held = clamp(rounded, vec4<f32>(f32(params.lowest - zero)), vec4<f32>(f32(params.highest - zero)));
  return integers_of(held) + zero;
}
${signature} {
#if ${small}
  let real = vec4<f32>(sums);
#else
  let real = vec4<f32>(sums >> vec4<u32>(16u)) * 65536.0 + vec4<f32>(sums & vec4<i32>(0xffffi));
#endif
  return requantised_reals(real, multipliers);
}`;
}

/** Declares `fn saturating_shift(x, exponent) -> i32`: x·2^exponent (0 to 30), held within int32. */
export const SATURATING_SHIFT = wgsl`
fn saturating_shift(x: i32, exponent: u32) -> i32 {
  let most = bitcast<i32>(0x7fffffffu) >> exponent;
  return select(select(x << exponent, bitcast<i32>(0x80000000u), x < -most - 1i), bitcast<i32>(0x7fffffffu), x > most);
}`;

/** Declares `fn one_over_one_plus(a) -> i32`: 1/(1 + a) of a in (0, 1), both without integer bits. */
export const ONE_OVER_ONE_PLUS = wgsl`
fn one_over_one_plus(a: i32) -> i32 {
  let half_denominator = i32((u32(a) + 0x80000000u) >> 1u);
  var x = 1515870810i + high_product(half_denominator, -1010580540i);
  for (var k = 0u; k < 3u; k++) {
    let error = 0x20000000i - high_product(half_denominator, x);
    x += saturating_shift(high_product(x, error), 2u);
  }
  return saturating_shift(x, 1u);
}`;

/** Declares `fn log_of_sum(x) -> i32`: ln x with five integer bits, of a number x ≥ 1 with twelve. */
export const LOG_OF_SUM = wgsl`
fn log_of_sum(x: i32) -> i32 {
  let headroom = countLeadingZeros(u32(x)) - 1u;
  let ra = saturating_shift(high_product(saturating_shift(x, headroom), 1518500250i), 1u);
  let power_a = saturating_shift(11i - i32(headroom), 25u) + 0x800000i;
  let headroom_b = countLeadingZeros(u32(high_product(x, 1518500250i))) - 1u;
  let rb = saturating_shift(x, headroom_b);
  let power_b = saturating_shift(12i - i32(headroom_b), 25u) - 0x800000i;
  let r = min(ra, rb);
  let p = i32((u32(r) + 1805811301u + 1u) >> 1u);
  let q = (r - 1805811301i) * 2i;
  let square = high_product(q, q);
  let numerator = high_product(q, r) + high_product(high_product(q, square), 117049297i);
  let denominator = high_product(p, 1057819769i + q + high_product(square, 127690142i)) + high_product(q, 638450708i);
  let fraction = high_product(rounding_shift(numerator, 6u), one_over_one_plus(denominator));
  return saturating_shift(high_product(max(power_a, power_b), 1488522236i) + fraction, 1u);
}`;

/** Declares `fn inverse_sqrt(x) -> vec2<i32>`: 1/√x of a sum of squares as multiplier and shift of `rescale`. */
export const INVERSE_SQRT = wgsl`
fn inverse_sqrt(x: i32) -> vec2<i32> {
  if (x <= 1i) { return vec2<i32>(0x7fffffffi, 0i); }
  var input = x;
  var shift = 11i;
  for (var k = 0u; k < 2u; k++) {
    if (input >= 0x20000000i) {
      input /= 4i;
      shift++;
    }
  }
  let pairs = ((countLeadingZeros(u32(input)) - 1u) >> 1u) - 1u;
  shift -= i32(pairs);
  input <<= 2u * pairs;
  let half = rounding_shift(input >> 1u, 1u);
  var root = 0x10000000i;
  for (var k = 0u; k < 5u; k++) {
    let cube = saturating_shift(high_product(high_product(root, root), root), 6u);
    root = saturating_shift(high_product(0x18000000i, root) - high_product(half, cube), 3u);
  }
  let multiplier = high_product(root, 1518500250i);
  if (shift < 0i) { return vec2<i32>(multiplier << u32(-shift), 0i); }
  return vec2<i32>(multiplier, -shift);
}`;
