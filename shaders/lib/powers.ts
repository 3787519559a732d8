/** Remainders and powers of floats, where WGSL's own are inexact or not defined. `T` and `U` stand for the types of a width. */
import { wgsl } from './module.ts';
import { isNanFunction, vectorType } from './numbers.ts';
import { infinityFunction, quietNanFunction } from './special-numbers.ts';

const typed = (text: string, width: 1 | 4): string =>
  text.replaceAll(/\bT\b/g, vectorType('f32', width)).replaceAll(/\bU\b/g, vectorType('u32', width));

/**
 * Declares `fn trunc_mod(a, b)`: a − b·trunc(a / b), exactly, as C's fmod; NaN where a is infinite or b zero (or
 * subnormal), a where b is infinite. Long division: each round takes off the largest b·2ᵏ that fits.
 */
export function remainderFunction(width: 1 | 4): string {
  return typed(
    wgsl`
${quietNanFunction()}
fn trunc_mod(a: T, b: T) -> T {
  let exponent = U(0x7f800000u);
  let dividend = bitcast<U>(a) & U(0x7fffffffu);
  let divisor = bitcast<U>(b) & U(0x7fffffffu);
  let defined = (dividend < exponent) & (divisor >= U(0x00800000u)) & (divisor <= exponent);
  let size = select(T(1), bitcast<T>(divisor), defined);
  var rest = select(T(0), bitcast<T>(dividend), defined);
  for (var round = 0u; round < 280u && any(rest >= size); round++) {
    let part = bitcast<T>((bitcast<U>(rest) & exponent) | (bitcast<U>(size) & U(0x007fffffu)));
    rest = select(rest, rest - select(part, part * T(0.5), part > rest), rest >= size);
  }
  return select(T(quiet_nan()), select(rest, -rest, a < T(0)), defined);
}`,
    width,
  );
}

/**
 * Declares `fn power(a, b)`, C's pow. WGSL defines its own for positive bases only: zero, one, infinite and negative
 * bases, zero exponents and squares are handled here.
 */
export function powerFunction(width: 1 | 4): string {
  return typed(
    wgsl`
${quietNanFunction()}
${infinityFunction()}
${isNanFunction(width)}
fn power(a: T, b: T) -> T {
  let size = abs(a);
  let general = select(pow(size, b), a * a, b == T(2));
  let nonzero = select(general, T(1), size == T(1));
  let magnitude = select(nonzero, select(T(0), T(infinity()), b < T(0)), size == T(0));
  let whole = floor(b) == b;
  let odd = whole & (b - T(2) * floor(b * T(0.5)) == T(1));
  let real = whole | (size == T(0)) | (size == T(infinity()));
  let below = select(T(quiet_nan()), select(magnitude, -magnitude, odd), real);
  let signed = select(magnitude, below, bitcast<U>(a) >= U(0x80000000u));
  let number = select(signed, T(quiet_nan()), is_nan(a) | is_nan(b));
  return select(number, T(1), (b == T(0)) | (!is_nan(a) & (a == T(1))));
}`,
    width,
  );
}
