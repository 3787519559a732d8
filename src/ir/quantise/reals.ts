/**
 * Functions of quantised operands by ONNX's rule: real numbers in single precision, divided by the result's scale, its zero
 * point added, rounded to even.
 */
import { range } from '../../util/arrays.ts';
import { roundEven } from './multipliers.ts';
import type { BinaryScales } from './sums.ts';

const f = Math.fround;

/** What such a function is made of: real numbers by the integer less the type's lowest, and what their function is divided by. */
export interface RealPlan {
  readonly terms: readonly [Float32Array, Float32Array];
  readonly scale: number;
  /** What a step of an operand is worth, on the scale of the terms. */
  readonly units: readonly [number, number];
  /** What a PRelu's kept operand is multiplied by, beside slopes. */
  readonly one: number;
}

/** No product of two of these is infinite, and any of them over a scale between one and two saturates. */
const MOST = 2 ** 100;

/**
 * The plan of a sum or a difference, or of a product. Real numbers and scale are multiplied by powers of two, which changes no
 * digit, so that the scale lies between one and two, and nothing that counts is subnormal or infinite.
 */
export function realPlan(kind: 'sum' | 'product', lowest: number, { scales, zeroPoints }: BinaryScales): RealPlan {
  const [a, b, result] = scales;
  const up = 2 ** -exponentOf(result);
  // A product's first operand is about one, and the second takes what is left.
  const [first, second] = kind === 'sum' ? [up, up] : [2 ** -exponentOf(a), up * 2 ** exponentOf(a)];
  return {
    terms: [realsOf(lowest, a, zeroPoints[0], first), realsOf(lowest, b, zeroPoints[1], second)],
    units: [a * first, b * second],
    scale: result * up,
    one: Math.min(MOST, second),
  };
}

/** The scale of a mean's operand and of its result, the latter between one and two. */
export function meanScales([from, to]: readonly [number, number]): readonly [unit: number, scale: number] {
  const up = 2 ** -exponentOf(to);
  return [Math.min(MOST, f(from * up)), to * up];
}

/** The exponent of a positive number's highest bit. */
function exponentOf(x: number): number {
  return x > 0 && x < Infinity ? Math.floor(Math.log2(x)) : 0;
}

function realsOf(lowest: number, scale: number, zeroPoint: number, factor: number): Float32Array {
  return Float32Array.from(range(256), (i) => {
    const real = f(scale * (i + lowest - zeroPoint)) * factor;
    return Math.max(-MOST, Math.min(MOST, real));
  });
}

/** A real number as an integer of this scale and zero point, not yet held in the type's range. */
export function nearestStep(real: number, scale: number, zeroPoint: number): number {
  return roundEven(f(f(real / scale) + zeroPoint));
}
