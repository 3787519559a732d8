/** Real numbers over a scale, as integers. */
import type { Rounding } from '../ops.ts';
import { roundAway, roundEven } from './multipliers.ts';

/** How a rule rounds x/scale, both float32. */
export function quotientRounding(rounding: Rounding): (x: number, scale: number) => number {
  if (rounding === 'xnnpack') return (x, scale) => roundEven(Math.fround(x * Math.fround(1 / scale)));
  const round = rounding === 'float-even' ? roundEven : roundAway;
  return (x, scale) => round(Math.fround(x / scale));
}
