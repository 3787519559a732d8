/**
 * Softmax of integers by TensorFlow Lite's fixed-point rule: what depends on one integer alone, tabulated. An element less the
 * largest of its row is one of 256 differences.
 */
import { range } from '../../util/arrays.ts';
import type { OpAttributes } from '../ops.ts';
import { roundEven } from './multipliers.ts';
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

/** Logarithms below −16 are the lowest result. */
const LOWEST_LOG = 17;

/** The shipped runtime's logarithm is of float32, with nothing cut off before it is the lowest. */
function wideTables(unit: number): Pick<SoftmaxTables, 'differences' | 'counted'> {
  const counted = Math.min(256, Math.ceil(LOWEST_LOG / unit));
  const one = 2 ** (31 - DIFFERENCE_BITS);
  return { counted, differences: Int32Array.from(range(256), (d) => (d < counted ? Math.round(-d * unit * one) : 0)) };
}

function fixedTables(unit: number): Pick<SoftmaxTables, 'differences' | 'counted'> {
  const multiplier = fixedMultiplier(Math.min(unit * 2 ** (31 - DIFFERENCE_BITS), 2 ** 31 - 1));
  const counted = Math.min(256, inputRadius(DIFFERENCE_BITS, multiplier.shift) + 1);
  return { counted, differences: Int32Array.from(range(256), (d) => (d < counted ? scaled(-d, multiplier) : 0)) };
}

/** Tables of a softmax, or its logarithm, of integers of this scale. */
export function softmaxTables({ beta, log, rounding }: OpAttributes['QLinearSoftmax'], scale: number): SoftmaxTables {
  const { counted, differences } = (log && rounding === 'xnnpack' ? wideTables : fixedTables)(beta * scale);
  const exponentials = differences.map((d, i) => (i < counted ? expOfNegative(d, DIFFERENCE_BITS) : 0));
  return { differences, exponentials, terms: exponentials.map((e) => roundingShift(e, SUM_BITS)), counted };
}

/** Softmax by onnxruntime's rule: exponentials as integers, whose quotient by their sum is rounded. */
export interface SoftmaxQuotients {
  /** By how far an element is below the largest: unsigned integers, of which `n` fit 32 bits together. */
  readonly exponentials: Uint32Array;
  /** What a part of the whole is multiplied by: how many steps of the result one is. */
  readonly steps: number;
}

/** Tables of a softmax of so many integers. */
export function softmaxQuotients(
  { beta }: OpAttributes['QLinearSoftmax'],
  { scale, result, n }: { readonly scale: number; readonly result: number; readonly n: number },
): SoftmaxQuotients {
  const steps = Math.max(1, Math.min(2 ** 16, Math.floor(Math.fround(1 / result))));
  const most = Math.floor(Math.min((2 ** 32 - 1) / Math.max(1, n), (2 ** 31 - 1) / steps, 2 ** 23 - 1));
  return { exponentials: Uint32Array.from(range(256), (d) => roundEven(most * Math.exp(-d * beta * scale))), steps };
}
