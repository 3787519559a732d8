/** Sums and differences of two quantised operands: each is brought to a common finer scale, then both to the result's. */
import { scaled, fixedMultiplier } from '../../util/fixed-point.ts';
import { range } from '../../util/arrays.ts';
import type { QuantisedBinaryKind, Rounding } from '../ops.ts';
import { finite, fixed, roundEven, type Multipliers } from './multipliers.ts';

/** Scales and zero points of an operation on two operands. */
export interface BinaryScales {
  readonly scales: readonly [a: number, b: number, result: number];
  readonly zeroPoints: readonly [a: number, b: number];
}

/** What an addition is made of: the operands' 256 integers at the common scale, and what brings their sum to the result's. */
export interface SumPlan {
  /** By the integer less the type's lowest. Those of a subtrahend are negated. */
  readonly terms: readonly [Int32Array, Int32Array];
  readonly multipliers: Multipliers;
}

/** Bits that the reference kernels shift operands by: what int32 has left beside a sum, or a square. */
const SUM_BITS = 20;
const SQUARE_BITS = 7;

/** The plan of an addition, a subtraction or a squared difference of integers from `lowest` on. */
export function sumPlan(
  kind: Exclude<QuantisedBinaryKind, 'mul'>,
  rounding: Rounding,
  lowest: number,
  { scales, zeroPoints }: BinaryScales,
): SumPlan {
  const sign = kind === 'add' ? 1 : -1;
  const terms = (of: (x: number, operand: 0 | 1) => number): SumPlan['terms'] => [
    Int32Array.from(range(256), (i) => of(i + lowest - zeroPoints[0], 0)),
    Int32Array.from(range(256), (i) => sign * of(i + lowest - zeroPoints[1], 1)),
  ];
  const [a, b, result] = scales;
  if (rounding === 'xnnpack' && kind !== 'squaredDifference') {
    const ratios = [finite(a / result), finite(b / result)] as const;
    const shift = SUM_BITS - Math.floor(Math.log2(Math.max(...ratios)));
    const factors = ratios.map((ratio) => roundEven(ratio * 2 ** shift));
    return {
      terms: terms((x, operand) => x * (factors[operand] ?? 0)),
      multipliers: fixed('once', [2 ** -shift]),
    };
  }
  const bits = kind === 'squaredDifference' ? SQUARE_BITS : SUM_BITS;
  const common = 2 * Math.max(a, b);
  // Subtraction forms its multipliers in single precision.
  const precise = kind === 'sub' ? finite : (x: number): number => x;
  const factors = [a, b].map((scale) => fixedMultiplier(precise(scale / common)));
  const power = kind === 'squaredDifference' ? 2 : 1;
  return {
    terms: terms((x, operand) => scaled(x * 2 ** bits, factors[operand] ?? { multiplier: 0, shift: 0 })),
    multipliers: fixed('twice', [precise(common ** power / precise(2 ** (bits * power) * result))]),
  };
}
