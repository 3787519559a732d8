/** Ends of the element types. */
import type { DType } from './dtype.ts';

const INT32 = [-(2 ** 31), 2 ** 31 - 1] as const;

const EXTREMES: { readonly [D in DType]: readonly [number, number] } = {
  float32: [-Infinity, Infinity],
  float16: [-Infinity, Infinity],
  int64: INT32, // held as int32
  int32: INT32,
  uint32: [0, 2 ** 32 - 1],
  int16: [-32768, 32767],
  int8: [-128, 127],
  uint8: [0, 255],
  bool: [0, 1],
};

/** Lowest and highest element the engine can hold: what max and min start from, and where casts saturate. */
export function extremesOf(dtype: DType): readonly [number, number] {
  return EXTREMES[dtype];
}
