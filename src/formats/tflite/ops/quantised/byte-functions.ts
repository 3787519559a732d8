/**
 * Functions of one quantised operand as TensorFlow Lite computes them: 256 integers, whatever the function, by the rules of
 * its reference kernels or of the runtime that is shipped.
 */
import type { IntegerScale } from '../../../../ir/graph.ts';
import type { Rounding } from '../../../../ir/ops.ts';
import { fixed, rescale, roundAway, roundEven } from '../../../../ir/quantise/multipliers.ts';
import {
  fixedMultiplier,
  inputRadius,
  inverseSqrt,
  fixedLogistic,
  roundingShift,
  scaled,
  fixedTanh,
} from '../../../../util/fixed-point.ts';

/** What an operand is quantised by, what the result is, and by which rule. */
export interface ByteContext {
  readonly from: IntegerScale;
  readonly to: IntegerScale;
  readonly sameType: boolean;
  /** The lowest and the highest integer of the result's type. */
  readonly range: readonly [number, number];
  readonly rounding: Rounding;
}

/** The result of an integer. */
export type ByteFunction = (x: number) => number;

const clamp = (v: number, [lowest, highest]: readonly [number, number]): number =>
  Math.min(highest, Math.max(lowest, v));

/** The shipped runtime has multipliers of eight bits behind the point, and leaves what is too small or too large to the reference. */
function fitsEightBits(ratio: number): boolean {
  return Math.abs(ratio) >= 2 ** -8 && Math.abs(ratio) <= 2 ** 7;
}

/** The same number in another scale. */
export function requantise({ from, to, sameType, range, rounding }: ByteContext): ByteFunction {
  if (rounding === 'xnnpack' && sameType && fitsEightBits(from.scale / to.scale)) {
    const multiplier = roundEven((256 * from.scale) / to.scale);
    return (x) => clamp(Math.floor(((x - from.zeroPoint) * multiplier + to.zeroPoint * 256 + 128) / 256), range);
  }
  const multipliers = fixed('twice', [from.scale / to.scale]);
  return (x) => clamp(rescale(multipliers, x - from.zeroPoint) + to.zeroPoint, range);
}

/** x, or alpha·x where it is below zero. */
export function leakyRelu({ from, to, range, rounding }: ByteContext, alpha: number): ByteFunction {
  const ratio = Math.fround(from.scale / to.scale);
  if (rounding === 'xnnpack' && fitsEightBits(ratio) && fitsEightBits(ratio * alpha)) {
    const [positive, negative] = [roundEven(256 * ratio), roundEven(256 * Math.fround(ratio * alpha))];
    return (x) => {
      const v = x - from.zeroPoint;
      return clamp(Math.floor((v * (v >= 0 ? positive : negative) + to.zeroPoint * 256 + 128) / 256), range);
    };
  }
  const [kept, sloped] = [fixed('twice', [from.scale / to.scale]), fixed('twice', [(from.scale * alpha) / to.scale])];
  return (x) => clamp(rescale(x >= from.zeroPoint ? kept : sloped, x - from.zeroPoint) + to.zeroPoint, range);
}

/** x in the other scale, held between two real numbers. */
export function clipped(context: ByteContext, [lowest, highest]: readonly [number, number]): ByteFunction {
  const { from, to, range } = context;
  const multipliers = fixed('twice', [from.scale / to.scale]);
  const bound = (v: number): number => to.zeroPoint + roundAway(Math.fround(v / to.scale));
  const within = [
    lowest === -Infinity ? range[0] : Math.max(range[0], bound(lowest)),
    highest === Infinity ? range[1] : Math.min(range[1], bound(highest)),
  ] as const;
  return (x) => clamp(to.zeroPoint + rescale(multipliers, x - from.zeroPoint), within);
}

/** Integer bits of the argument of the logistic function and of tanh. */
const ARGUMENT_BITS = 4;

function fixedFunction({ from, range }: ByteContext, f: (argument: number) => number): ByteFunction {
  const multiplier = fixedMultiplier(from.scale * 2 ** (31 - ARGUMENT_BITS));
  const radius = inputRadius(ARGUMENT_BITS, multiplier.shift);
  return (x) => {
    const v = x - from.zeroPoint;
    if (v <= -radius) return range[0];
    return v >= radius ? range[1] : clamp(f(scaled(v, multiplier)), range);
  };
}

/** 1/(1 + e^−x) in 1/256, from the type's lowest integer on. */
export function logisticOf(context: ByteContext): ByteFunction {
  if (context.rounding === 'xnnpack') return realFunction(context, (x) => 1 / (1 + Math.exp(-x)), true);
  return fixedFunction(context, (x) => roundingShift(fixedLogistic(x, ARGUMENT_BITS), 31 - 8) + context.range[0]);
}

/** tanh x in 1/128, around the middle of the type. */
export function tanhOf(context: ByteContext): ByteFunction {
  if (context.rounding === 'xnnpack') return realFunction(context, Math.tanh, true);
  return fixedFunction(context, (x) => roundingShift(fixedTanh(x, ARGUMENT_BITS), 31 - 7) + context.range[0] + 128);
}

const INT16 = [-(2 ** 15), 2 ** 15 - 1] as const;

/** (a·b + 2¹⁴) / 2¹⁵ of 16-bit numbers, ties towards +∞. */
const highProduct16 = (a: number, b: number): number => clamp(Math.floor((a * b + 2 ** 14) / 2 ** 15), INT16);

/** v·2^bits, held within 16 bits. */
const shiftLeft16 = (v: number, bits: number): number => clamp(v * 2 ** bits, INT16);

/** A multiplier of 16 bits, from one of 32. */
function multiplier16(real: number): { readonly multiplier: number; readonly shift: number } {
  const { multiplier, shift } = fixedMultiplier(real);
  const most = 2 ** 31 - 1 - 2 ** 15;
  return { multiplier: multiplier >= most ? INT16[1] : (multiplier + 2 ** 15) >> 16, shift };
}

/** x·relu6(x + 3)/6 in 16 bits: the reference rounds one of its products towards zero on purpose. */
export function hardSwish({ from, to, range }: ByteContext): ByteFunction {
  const fine = from.scale / 128;
  const output = multiplier16(fine / to.scale);
  const gate = multiplier16(fine / (3 / 2 ** 15));
  return (x) => {
    const v = (x - from.zeroPoint) * 128;
    let relu = gate.shift > 0 ? shiftLeft16(v, gate.shift - 1) : v;
    relu = highProduct16(relu, gate.multiplier);
    if (gate.shift > 0) relu = shiftLeft16(relu, 1);
    if (gate.shift < 0) relu = roundingShift(relu, -gate.shift);
    relu = (relu + 2 ** 15) >> 1;
    const product = Math.trunc((relu * highProduct16(v, output.multiplier)) / 2 ** 15);
    return clamp(roundingShift(product, -output.shift) + to.zeroPoint, range);
  };
}

/** 1/√x. */
export function rsqrt({ from, to, range }: ByteContext): ByteFunction {
  return (x) => {
    const v = x - from.zeroPoint;
    if (v <= 0) return range[1];
    const root = inverseSqrt(v);
    const factor = fixedMultiplier(1 / (Math.sqrt(from.scale) * to.scale));
    const wide = scaled(1 << 20, root);
    return clamp(to.zeroPoint + scaled(wide, { multiplier: factor.multiplier, shift: factor.shift - 20 }), range);
  };
}

/** |x| in the other scale. */
export function magnitude({ from, to, range }: ByteContext): ByteFunction {
  const multipliers = fixed('twice', [from.scale / to.scale]);
  const same = from.scale === to.scale;
  return (x) => {
    const size = Math.abs(x - from.zeroPoint);
    return clamp((same ? size : rescale(multipliers, size)) + to.zeroPoint, range);
  };
}

/** e^x − 1 below zero, x above. */
export function eluOf(context: ByteContext): ByteFunction {
  return realFunction(context, (x) => (x < 0 ? Math.expm1(x) : x), context.rounding === 'xnnpack');
}

/** −x. Both scales are one, and zero points are 0: the runtimes negate the integers, −128 in 8 bits. */
export function negated({ from, to }: ByteContext): ByteFunction | undefined {
  const plain = from.scale === to.scale && from.zeroPoint === 0 && to.zeroPoint === 0;
  return plain ? (x) => (-x << 24) >> 24 : undefined;
}

/**
 * A function of real numbers, in single precision, rounded away from zero; or to an even integer, its zero point included.
 * Where it is no number, as the logarithm below zero, the runtimes give the lowest integer.
 */
export function realFunction({ from, to, range }: ByteContext, f: (x: number) => number, even = false): ByteFunction {
  const inverse = Math.fround(1 / to.scale);
  return (x) => {
    const real = Math.fround(from.scale * (x - from.zeroPoint));
    const steps = Math.fround(Math.fround(f(real)) * inverse);
    if (Number.isNaN(steps)) return range[0];
    return clamp(even ? roundEven(Math.fround(steps + to.zeroPoint)) : roundAway(steps) + to.zeroPoint, range);
  };
}

/** x in the other scale by single precision, as uint8 parts of a whole are brought to its scale. */
export function rescaledPart({ from, to, range }: ByteContext): ByteFunction {
  const scale = Math.fround(from.scale * Math.fround(1 / to.scale));
  const bias = Math.fround(-from.zeroPoint * scale);
  return (x) => clamp(roundAway(Math.fround(Math.fround(x * scale) + bias)) + to.zeroPoint, range);
}

/** x with eight more bits, as it is compared. */
export function compared({ scale, zeroPoint }: IntegerScale): ByteFunction {
  const multiplier = fixedMultiplier(scale);
  return (x) => scaled((x - zeroPoint) * 256, multiplier);
}
