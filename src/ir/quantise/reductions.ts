/** How each rule makes a mean or a sum of integers of another scale. */
import { fixedMultiplier, type FixedMultiplier } from '../../util/fixed-point.ts';
import type { Rounding } from '../ops.ts';
import { fixed, roundEven, type Multipliers } from './multipliers.ts';

/** What a reduction sums, what the sum is multiplied by, and what is added to the result. */
export interface ReductionPlan {
  /** What is taken from every element before it is summed. */
  readonly subtracted: number;
  readonly multipliers: Multipliers;
  readonly added: number;
}

/** What a reduction is given: so many elements fold into one, those of the last axis alone or others too. */
export interface ReductionSpec {
  readonly scales: readonly [x: number, y: number];
  readonly zeroPoints: readonly [x: number, y: number];
  readonly count: number;
  readonly lastAxis: boolean;
}

/** A zero point of a byte times a larger ratio of scales has no room in int32, nor in the 24 bits of a float32. */
const MOST_RATIO = 2 ** 16;

/** The plan of a mean or a sum. */
export function reductionPlan(kind: 'mean' | 'sum', rounding: Rounding, spec: ReductionSpec): ReductionPlan {
  const { scales, zeroPoints, count, lastAxis } = spec;
  const [subtracted, added] = zeroPoints;
  const ratio = scales[0] / scales[1];
  if (rounding === 'tfl-double') {
    const whole = fixedMultiplier(ratio);
    const multiplier = kind === 'mean' ? dividedBy(whole, count) : whole;
    return { subtracted, added, multipliers: { rule: 'twice', values: [multiplier] } };
  }
  if (kind === 'mean' && lastAxis && rounding === 'xnnpack' && ratio < MOST_RATIO) {
    // The zero point is taken out of the rounded mean.
    const mean = Math.fround(scales[0] / Math.fround(scales[1] * count));
    return {
      subtracted: 0,
      added: added - roundEven(subtracted * ratio),
      multipliers: { rule: 'even', values: [mean] },
    };
  }
  return { subtracted, added, multipliers: fixed('once', [kind === 'mean' ? ratio / count : ratio]) };
}

/** A fixed-point number over a count, shifted to the left before as far as its bits go, cut. */
function dividedBy({ multiplier, shift }: FixedMultiplier, count: number): FixedMultiplier {
  const bits = Math.min(Math.floor(Math.log2(count)), 32, 31 + shift);
  return { multiplier: Math.floor((multiplier * 2 ** bits) / count), shift: shift - bits };
}
