/** Real numbers over a scale, as integers. */
import type { Rounding } from '../ops.ts';
import { roundAway, roundEven } from './multipliers.ts';

/** x/scale, both float32, rounded by a rule. */
export function roundedQuotient(rounding: Rounding, x: number, scale: number): number {
  if (rounding === 'xnnpack') return roundEven(Math.fround(x * Math.fround(1 / scale)));
  return (rounding === 'float-even' ? roundEven : roundAway)(Math.fround(x / scale));
}
