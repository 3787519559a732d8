/** Ends of the element types. */
import type { DType } from './dtype.ts';

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
