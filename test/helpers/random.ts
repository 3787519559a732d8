/** Seeded random tensors: the same numbers on every machine. */
import type { DType } from '../../src/core/dtype.ts';
import { hostArray, isFloat } from '../../src/core/dtype.ts';
import { elementCount, type Shape, type Tensor } from '../../src/core/tensor.ts';

/** mulberry32 (public domain, T. Ettinger): uniform in [0, 1). */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Uniform floats in [low, high), or integers when the dtype is one (bool: 0 or 1). */
export function randomTensor(dtype: DType, shape: Shape, random: () => number, low = -1, high = 1): Tensor {
  const data = hostArray(dtype, elementCount(shape));
  for (let i = 0; i < data.length; i++) {
    const v = low + (high - low) * random();
    data[i] = isFloat(dtype) ? v : dtype === 'bool' ? (random() < 0.5 ? 0 : 1) : Math.floor(v);
  }
  return { dtype, shape, data };
}
