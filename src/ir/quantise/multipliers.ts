/**
 * What brings sums of products of integers to another scale, by each rule of rounding: formed once, on the host, for the
 * references and the kernels alike.
 */
import { fixedMultiplier, scaled, scaledOnce, type FixedMultiplier } from '../../util/fixed-point.ts';
import { at } from '../../util/arrays.ts';
import type { Rounding } from '../ops.ts';

/** Multipliers, one for all channels or one for each, and how a product with one becomes an integer. */
export type Multipliers =
  /** A 32-bit fixed-point number: rounded to 32 bits, then again where its shift is to the right. */
  | { readonly rule: 'twice'; readonly values: readonly FixedMultiplier[] }
  /** The same, rounded once, ties towards +∞. */
  | { readonly rule: 'once'; readonly values: readonly FixedMultiplier[] }
  /** A float32, the sum as a float32: ties to even, or away from zero. */
  | { readonly rule: 'even' | 'away'; readonly values: readonly number[] };

/** Those in fixed point. */
export type FixedMultipliers = Exclude<Multipliers, { readonly rule: 'even' | 'away' }>;

/** The nearest float32, or the largest of those that are numbers: an infinite one times 0 is none. */
export function finite(x: number): number {
  return Math.min(Math.fround(x), (2 - 2 ** -23) * 2 ** 127);
}

/** Half to even. */
export function roundEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

/** Half away from zero. */
export function roundAway(x: number): number {
  return x < 0 ? -Math.floor(0.5 - x) : Math.floor(x + 0.5);
}

/** Real multipliers, by one of the two fixed-point rules. */
export function fixed(rule: 'twice' | 'once', reals: readonly number[]): FixedMultipliers {
  return { rule, values: reals.map(fixedMultiplier) };
}

/**
 * Multipliers of products of two quantised operands whose scales are `first` and each of `second`. The reference kernels form
 * the scales' product in double precision, or where `inFloat` in single.
 */
export function productMultipliers(
  rounding: Rounding,
  { first, second, result, inFloat }: { first: number; second: readonly number[]; result: number; inFloat: boolean },
): Multipliers {
  if (rounding === 'tfl-double' || rounding === 'tfl-single') {
    return fixed(
      rounding === 'tfl-double' ? 'twice' : 'once',
      second.map((s) => (inFloat ? Math.fround(first * s) : first * s) / result),
    );
  }
  return {
    rule: rounding === 'float-away' ? 'away' : 'even',
    values: second.map((s) => finite(Math.fround(first * s) / result)),
  };
}

/** An int32 sum, brought to the other scale and rounded, without a zero point. */
export function rescale({ rule, values }: Multipliers, sum: number, channel = 0): number {
  const index = values.length === 1 ? 0 : channel;
  if (rule === 'twice') return scaled(sum, at(values, index));
  if (rule === 'once') return scaledOnce(sum, at(values, index));
  return (rule === 'even' ? roundEven : roundAway)(Math.fround(Math.fround(sum) * at(values, index)));
}
