/** Ends of the element types, and what of 64 bits lies beyond them. */
import type { DType } from './dtype.ts';
import { ShapeError } from './errors.ts';

const INT32 = [-(2 ** 31), 2 ** 31 - 1] as const;
const UINT32 = [0, 2 ** 32 - 1] as const;

const EXTREMES: { readonly [D in DType]: readonly [number, number] } = {
  float32: [-Infinity, Infinity],
  float16: [-Infinity, Infinity],
  bfloat16: [-Infinity, Infinity],
  int64: INT32, // held as int32
  uint64: UINT32, // held as uint32
  int32: INT32,
  uint32: UINT32,
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int8: [-128, 127],
  uint8: [0, 255],
  bool: [0, 1],
};

/** Lowest and highest element the engine can hold: what max and min start from, and where casts saturate. */
export function extremesOf(dtype: DType): readonly [number, number] {
  return EXTREMES[dtype];
}

/** True for the types of which a model has more bits than the engine. */
export function isNarrowed(dtype: DType): boolean {
  return dtype === 'int64' || dtype === 'uint64';
}

/** Throws ShapeError where the number, which is a result of such a type before it wraps, does not fit 32 bits. */
export function requireHeld(dtype: DType, v: number): void {
  const [low, high] = extremesOf(dtype);
  if (v < low || v > high) {
    throw new ShapeError(`${dtype} value ${v} does not fit 32 bits, in which the engine holds it`, {
      hint: 'Compute it outside of the model, or as float32',
    });
  }
}
