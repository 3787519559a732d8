/** Seeded random tensors: the same numbers on every machine. */
import type { DType } from '../../src/core/dtype.ts';
import { hostArray, isFloat } from '../../src/core/dtype.ts';
import { elementCount, type Shape, type Tensor } from '../../src/core/tensor.ts';

export { randomSource } from '../../src/util/random.ts';

/** Uniform floats in [low, high), or integers when the dtype is one (bool: 0 or 1). */
export function randomTensor(dtype: DType, shape: Shape, random: () => number, low = -1, high = 1): Tensor {
  const data = hostArray(dtype, elementCount(shape));
  for (let i = 0; i < data.length; i++) {
    const v = low + (high - low) * random();
    data[i] = isFloat(dtype) ? v : dtype === 'bool' ? (random() < 0.5 ? 0 : 1) : Math.floor(v);
  }
  return { dtype, shape, data };
}
