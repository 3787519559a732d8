/** IEEE 754 binary16 (half precision) and bfloat16 to and from float32, by bit patterns. */

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

/** The smallest half above zero. */
const TINY = 2 ** -24;

/** What the exponents of float32 and half are apart, in the bits of a float32. */
const REBASE = (127 - 15) << 23;

/** The float32 value of one half-precision bit pattern; subnormals, ±Inf and NaN included. */
export function halfToFloat(half: number): number {
  const magnitude = half & 0x7fff;
  if (magnitude < 0x400) return (half & 0x8000 ? -TINY : TINY) * magnitude;
  const rebase = magnitude < 0x7c00 ? REBASE : 2 * REBASE;
  scratchBits[0] = ((half & 0x8000) << 16) | ((magnitude << 13) + rebase);
  return scratchFloat[0] ?? 0;
}

/** The nearest half-precision bit pattern (ties to even); overflow gives ±Inf, NaN stays NaN. */
export function floatToHalf(value: number): number {
  scratchFloat[0] = value;
  const bits = scratchBits[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Subnormal half: value / 2^-24 rounded to an integer, ties to even.
    const scaled = Math.abs(scratchFloat[0] ?? 0) * 2 ** 24;
    const floor = Math.floor(scaled);
    const rest = scaled - floor;
    return sign | (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** Widens an array of half-precision bit patterns to float32. */
export function halvesToFloats(halves: Uint16Array): Float32Array {
  // A loop: `from` with a function takes twenty times as long.
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) floats[i] = halfToFloat(halves[i] ?? 0);
  return floats;
}

/** Narrows float32 values to half-precision bit patterns. */
export function floatsToHalves(values: ArrayLike<number>): Uint16Array {
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) bits[i] = floatToHalf(values[i] ?? 0);
  return bits;
}

/** The float32 value of one bfloat16 bit pattern, which is the upper half of a float32's. */
export function brainToFloat(pattern: number): number {
  scratchBits[0] = pattern << 16;
  return scratchFloat[0] ?? 0;
}

/** Widens an array of bfloat16 bit patterns to float32. */
export function brainsToFloats(patterns: Uint16Array): Float32Array {
  return new Float32Array(new Uint32Array(patterns).map((half) => half << 16).buffer);
}

/** The nearest bfloat16 bit pattern (ties to even); NaN stays NaN. */
export function floatToBrain(value: number): number {
  scratchFloat[0] = value;
  const bits = scratchBits[0] ?? 0;
  // A NaN could become an infinity, or be carried into the sign.
  return value === value ? (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16 : 0x7fc0;
}

/** Narrows float32 values to bfloat16 bit patterns. */
export function floatsToBrains(values: ArrayLike<number>): Uint16Array {
  return Uint16Array.from(values, floatToBrain);
}
