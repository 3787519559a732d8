/** How each rule makes a mean or a sum of integers of another scale. */
import { fixedMultiplier, type FixedMultiplier } from '../../util/fixed-point.ts';
import type { Rounding } from '../ops.ts';
import { finite, fixed, roundEven, type Multipliers } from './multipliers.ts';

/** How a sum of integers becomes a result. */
export type ReductionPlan =
  /** `subtracted` is taken from every element, and `added` to the product, which is rounded before. */
  | {
      readonly rule: 'fixed';
      readonly subtracted: number;
      readonly multipliers: Multipliers;
      readonly added: number;
    }
  /** The sum as a float32, its product with another, and a third added to that, which is rounded to even. */
  | { readonly rule: 'float'; readonly multiplier: number; readonly added: number };

/** What a reduction is given: so many elements fold into one. */
export interface ReductionSpec {
  readonly scales: readonly [x: number, y: number];
  readonly zeroPoints: readonly [x: number, y: number];
  readonly count: number;
}

/** A zero point of a byte times a larger ratio of scales has no room in the 24 bits of a float32. */
const MOST_RATIO = 2 ** 16;

/** What a sum of so many integers is multiplied by to be their mean in another scale, by ONNX's rule. */
function meanMultiplier([from, to]: ReductionSpec['scales'], count: number): number {
  return finite(from / Math.fround(to * count));
}

/** The plan of a mean or a sum. */
export function reductionPlan(kind: 'mean' | 'sum', rounding: Rounding, spec: ReductionSpec): ReductionPlan {
  const { scales, zeroPoints, count } = spec;
  const [subtracted, added] = zeroPoints;
  const ratio = scales[0] / scales[1];
  if (rounding === 'tfl-double') {
    const whole = fixedMultiplier(ratio);
    const multiplier = kind === 'mean' ? dividedBy(whole, count) : whole;
    return { rule: 'fixed', subtracted, added, multipliers: { rule: 'twice', values: [multiplier] } };
  }
  if (rounding === 'float-even') {
    const values = [meanMultiplier(scales, kind === 'mean' ? count : 1)];
    return { rule: 'fixed', subtracted, added, multipliers: { rule: 'even', values } };
  }
  if (rounding === 'xnnpack' && ratio < MOST_RATIO) {
    const f = Math.fround;
    const multiplier = f(f(ratio) / (kind === 'mean' ? count : 1));
    // Both zero points at once: ties are those of the result, not of its distance from its zero point.
    return { rule: 'float', multiplier, added: f(added - f(f(subtracted * count) * multiplier)) };
  }
  return { rule: 'fixed', subtracted, added, multipliers: fixed('once', [kind === 'mean' ? ratio / count : ratio]) };
}

/** A sum by the float rule. */
export function floatReduction({ multiplier, added }: Extract<ReductionPlan, { rule: 'float' }>, sum: number): number {
  const f = Math.fround;
  return roundEven(f(f(f(sum) * multiplier) + added));
}

/** A fixed-point number over a count, shifted to the left before as far as its bits go, cut. */
function dividedBy({ multiplier, shift }: FixedMultiplier, count: number): FixedMultiplier {
  const bits = Math.min(Math.floor(Math.log2(count)), 32, 31 + shift);
  return { multiplier: Math.floor((multiplier * 2 ** bits) / count), shift: shift - bits };
}
