/**
 * 32-bit fixed-point arithmetic as TensorFlow Lite's reference kernels have it, on numbers that hold int32: B. Jacob et al.,
 * "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference" (2018), §2.2. `raw` numbers
 * of m integer bits stand for `raw / 2^(31 − m)`.
 */

/** A positive real number as `multiplier · 2^(shift − 31)`, the multiplier in [2³⁰, 2³¹). */
export interface FixedMultiplier {
  readonly multiplier: number;
  readonly shift: number;
}

const INT32_MAX = 0x7fffffff;
const INT32_MIN = -0x80000000;

/** ⌊(a·b + 2³⁰) / 2³¹⌋: the product of two numbers without integer bits, ties towards +∞; −1·−1 saturates. */
export function highProduct(a: number, b: number): number {
  if (a === INT32_MIN && b === INT32_MIN) return INT32_MAX;
  // a·b has 62 bits: by halves of a, neither product needs more than 48.
  const [high, low] = [a >> 16, a & 0xffff];
  return Math.floor((high * b + Math.floor((low * b + 2 ** 30) / 2 ** 16)) / 2 ** 15);
}

/** x / 2^exponent (0 to 31), ties away from zero. */
export function roundingShift(x: number, exponent: number): number {
  if (exponent === 0) return x;
  const whole = exponent > 31 ? (x < 0 ? -1 : 0) : x >> exponent;
  const rest = x - whole * 2 ** exponent;
  const half = 2 ** (exponent - 1);
  return rest > half || (rest === half && x >= 0) ? whole + 1 : whole;
}

/** x·2^exponent (0 to 30), held within int32. */
function saturatingShift(x: number, exponent: number): number {
  return Math.min(INT32_MAX, Math.max(INT32_MIN, x * 2 ** exponent));
}

/** The nearest fixed-point number to a real one that is not negative; below 2⁻³² it is zero. */
export function fixedMultiplier(real: number): FixedMultiplier {
  if (real === 0) return { multiplier: 0, shift: 0 };
  let shift = Math.floor(Math.log2(real)) + 1;
  // The logarithm may be a step off at powers of two.
  if (real >= 2 ** shift) shift++;
  else if (real < 2 ** (shift - 1)) shift--;
  let multiplier = Math.round(real * 2 ** (31 - shift));
  if (multiplier === 2 ** 31) {
    multiplier /= 2;
    shift++;
  }
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier, shift };
}

/** x times a fixed-point number: shifted to the left as int32 wraps, multiplied and rounded, shifted to the right and rounded. */
export function scaled(x: number, { multiplier, shift }: FixedMultiplier): number {
  const left = Math.max(0, shift);
  return roundingShift(highProduct(left < 32 ? x << left : 0, multiplier), Math.max(0, -shift));
}

/** The largest n with `n·2^leftShift` below 2^integerBits − 1 in a format of so many integer bits. */
export function inputRadius(integerBits: number, leftShift: number): number {
  return Math.floor(((2 ** integerBits - 1) * 2 ** (31 - integerBits)) / 2 ** leftShift);
}

/** e^(−1/8) and 1/3, without integer bits. */
const EXP_MINUS_EIGHTH = 1895147668;
const THIRD = 715827883;

/** e^−(2^k) without integer bits, for k from −2 on. */
const EXP_POWERS = [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242];

/** e^a of a number without integer bits in [−1/4, 0): four terms of Taylor's series about −1/8. */
function expOfQuarter(a: number): number {
  const x = a + 2 ** 28;
  const x2 = highProduct(x, x);
  const x3 = highProduct(x2, x);
  const x4 = highProduct(x2, x2);
  const terms = roundingShift(highProduct(roundingShift(x4, 2) + x3, THIRD) + x2, 1);
  return EXP_MINUS_EIGHTH + highProduct(EXP_MINUS_EIGHTH, x + terms);
}

/** e^a without integer bits, of a number a ≤ 0 with `integerBits` (up to 5) of them. */
export function expOfNegative(a: number, integerBits: number): number {
  if (a === 0) return INT32_MAX;
  const fractionBits = 31 - integerBits;
  const quarter = 2 ** (fractionBits - 2);
  const within = (a & (quarter - 1)) - quarter;
  let result = expOfQuarter(saturatingShift(within, integerBits));
  const rest = within - a;
  for (let k = 0; k < integerBits + 2; k++) {
    if (rest & (quarter << k)) result = highProduct(result, EXP_POWERS[k] ?? 0);
  }
  return result;
}

/** 48/17 and −32/17 with two integer bits, and one. */
const NEWTON_START = 1515870810;
const NEWTON_SLOPE = -1010580540;
const ONE_OF_TWO_BITS = 2 ** 29;

/** 2/(1 + a) with two integer bits, of a number in (0, 1) without: three steps of Newton's division. */
function twoOverOnePlus(a: number): number {
  const sum = a + INT32_MAX;
  const halfDenominator = Math.trunc((sum + 1) / 2);
  let x = NEWTON_START + highProduct(halfDenominator, NEWTON_SLOPE);
  for (let i = 0; i < 3; i++) {
    const error = ONE_OF_TWO_BITS - highProduct(halfDenominator, x);
    x += saturatingShift(highProduct(x, error), 2);
  }
  return x;
}

/** 1/(1 + a) of a number in (0, 1), both without integer bits. */
function oneOverOnePlus(a: number): number {
  return saturatingShift(twoOverOnePlus(a), 1);
}

/** 1/(1 + e^−a) without integer bits, of a number with `integerBits` of them. */
export function fixedLogistic(a: number, integerBits: number): number {
  if (a === 0) return 2 ** 30;
  const ofMagnitude = oneOverOnePlus(expOfNegative(-Math.abs(a), integerBits));
  return a > 0 ? ofMagnitude : INT32_MAX - ofMagnitude;
}

/** fixedTanh(a) without integer bits, of a number with `integerBits` (up to 4) of them. */
export function fixedTanh(a: number, integerBits: number): number {
  if (a === 0) return 0;
  // Read with one more integer bit, the same number is twice as large.
  const exponential = expOfNegative(-Math.abs(a), integerBits + 1);
  const ofMagnitude = saturatingShift(twoOverOnePlus(exponential) - ONE_OF_TWO_BITS, 2);
  return a > 0 ? ofMagnitude : -ofMagnitude;
}

/**
 * 1/x of a number x > 0 with `integerBits` of them, as one without in [1/2, 1) and the bits to shift it by: the result is
 * `raw · 2^−bitsOverUnit`.
 */
export function reciprocal(x: number, integerBits: number): { readonly raw: number; readonly bitsOverUnit: number } {
  const headroom = Math.clz32(x);
  const shifted = ((x << headroom) >>> 0) - 2 ** 31;
  return { raw: oneOverOnePlus(shifted), bitsOverUnit: integerBits - headroom };
}

/** √½ and ½^¼ without integer bits, and the coefficients of the logarithm below: 11/240, 1/20 and ¼ times 2^¼, 2^¾ − 2^¼. */
const SQRT_HALF = 1518500250;
const FOURTH_ROOT_HALF = 1805811301;
const LOG_2 = 1488522236;
const LOG_NUMERATOR = 117049297;
const LOG_SQUARE = 127690142;
const LOG_CONSTANT = 1057819769;
const LOG_LINEAR = 638450708;

/**
 * ln x with five integer bits, of a number x ≥ 1 with twelve of them: x = r·2^k with r around 2^−¼, from whichever of two
 * scalings by √½ is nearer, and a quotient of polynomials of r.
 */
export function logOfSum(x: number): number {
  const [integerBits, sixBits] = [12, 2 ** 25];
  const quarter = sixBits / 4;
  const headroom = Math.clz32(x) - 1;
  const ra = saturatingShift(highProduct(saturatingShift(x, headroom), SQRT_HALF), 1);
  const powerA = saturatingShift(integerBits - headroom - 1, 25) + quarter;
  const headroomB = Math.clz32(highProduct(x, SQRT_HALF)) - 1;
  const rb = saturatingShift(x, headroomB);
  const powerB = saturatingShift(integerBits - headroomB, 25) - quarter;
  const r = Math.min(ra, rb);
  const sum = r + FOURTH_ROOT_HALF;
  const p = Math.trunc((sum + 1) / 2);
  const q = (r - FOURTH_ROOT_HALF) * 2;
  const square = highProduct(q, q);
  const numerator = highProduct(q, r) + highProduct(highProduct(q, square), LOG_NUMERATOR);
  const denominator = highProduct(p, LOG_CONSTANT + q + highProduct(LOG_SQUARE, square)) + highProduct(LOG_LINEAR, q);
  const fraction = highProduct(roundingShift(numerator, 6), oneOverOnePlus(denominator));
  return saturatingShift(highProduct(Math.max(powerA, powerB), LOG_2) + fraction, 1);
}

/** 1/√x of a sum of squares (0 counts as 1), for `scaled`: Newton's method from 1, with three integer bits. */
export function inverseSqrt(x: number): FixedMultiplier {
  if (x <= 1) return { multiplier: INT32_MAX, shift: 0 };
  let [input, shift] = [x, 11];
  for (; input >= 2 ** 29; shift++) input = Math.trunc(input / 4);
  const pairs = ((Math.clz32(input) - 1) >> 1) - 1;
  shift -= pairs;
  input <<= 2 * pairs;
  const half = roundingShift(input >> 1, 1);
  const threeHalves = 2 ** 28 + 2 ** 27;
  let root = 2 ** 28;
  for (let i = 0; i < 5; i++) {
    // The cube has nine integer bits, the difference six: both are brought back to three.
    const cube = saturatingShift(highProduct(highProduct(root, root), root), 6);
    root = saturatingShift(highProduct(threeHalves, root) - highProduct(half, cube), 3);
  }
  const multiplier = highProduct(root, SQRT_HALF);
  return shift < 0 ? { multiplier: multiplier << -shift, shift: 0 } : { multiplier, shift: -shift };
}

/** ⌊x·m + ½⌋ of an int32 x and a fixed-point number m below 2³¹: one rounding, ties towards +∞. */
export function scaledOnce(x: number, { multiplier, shift }: FixedMultiplier): number {
  // As highProduct: x·multiplier by halves of x, then a shift of 31 − shift bits.
  const [high, low] = [x >> 16, x & 0xffff];
  const [highPart, lowPart] = [high * multiplier, low * multiplier];
  const bits = 31 - shift;
  const down = Math.min(16, bits);
  // high·2^16 + low over 2^bits: what of low lies below 2^down only decides the rounding, and is below it.
  if (bits <= 16) return Math.floor((highPart * 2 ** 16 + lowPart + 2 ** (bits - 1)) / 2 ** bits);
  const carried = highPart * 2 ** (16 - down) + Math.floor((lowPart + 2 ** (bits - 1)) / 2 ** down);
  return Math.floor(carried / 2 ** (bits - down));
}
