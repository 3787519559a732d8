/**
 * Softmax of integers by TensorFlow Lite's fixed-point rule: what depends on one integer alone, tabulated. An element less the
 * largest of its row is one of 256 differences.
 */
import { range } from '../../util/arrays.ts';
import { expOfNegative, fixedMultiplier, inputRadius, roundingShift, scaled } from '../../util/fixed-point.ts';

/** Integer bits of differences and of sums of exponentials. */
const DIFFERENCE_BITS = 5;
/** Integer bits of sums of exponentials. */
export const SUM_BITS = 12;

/** By how far an element is below the largest of its row, 0 to 255. */
export interface SoftmaxTables {
  /** beta·difference, with five integer bits, not above zero. */
  readonly differences: Int32Array;
  /** Its exponential, without integer bits. */
  readonly exponentials: Int32Array;
  /** The same with twelve integer bits, which is what sums are made of. */
  readonly terms: Int32Array;
  /** How many differences count: those from here on are so far below that they are zero. */
  readonly counted: number;
}

/** Tables of a softmax of integers of this scale. */
export function softmaxTables(beta: number, scale: number): SoftmaxTables {
  const real = Math.min(beta * scale * 2 ** (31 - DIFFERENCE_BITS), 2 ** 31 - 1);
  const multiplier = fixedMultiplier(real);
  const counted = Math.min(256, inputRadius(DIFFERENCE_BITS, multiplier.shift) + 1);
  const differences = Int32Array.from(range(256), (d) => (d < counted ? scaled(-d, multiplier) : 0));
  const exponentials = differences.map((d, i) => (i < counted ? expOfNegative(d, DIFFERENCE_BITS) : 0));
  return { differences, exponentials, terms: exponentials.map((e) => roundingShift(e, SUM_BITS)), counted };
}
