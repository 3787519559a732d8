/** The smallest number of an element type: where a search for the largest starts. */
import type { DType } from './dtype.ts';

const LOWEST: { readonly [D in DType]: number } = {
  float32: -Infinity,
  float16: -Infinity,
  int64: -(2 ** 31),
  int32: -(2 ** 31),
  uint32: 0,
  int8: -128,
  uint8: 0,
  bool: 0,
};

/** The smallest number that the engine holds in this type. */
export function lowest(dtype: DType): number {
  return LOWEST[dtype];
}
