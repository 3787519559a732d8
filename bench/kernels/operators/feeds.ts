/** Seeded operands of the operator benchmark. */
import { elementCount, type Shape, type Tensor } from '../../../src/core/tensor.ts';
import { randomSource } from '../../../src/util/random.ts';

/** float32, uniform in [low, high): the same for the same seed. */
export function uniform(shape: Shape, seed: number, low = -1, high = 1): Tensor {
  const random = randomSource(seed);
  const data = Float32Array.from({ length: elementCount(shape) }, () => low + (high - low) * random());
  return { dtype: 'float32', shape, data };
}
