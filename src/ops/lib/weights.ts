/** Weights in int8, with a scale for each output channel. */
import { isFloat } from '../../core/dtype.ts';
import type { TensorDesc } from '../../core/tensor.ts';
import { sameArray } from '../../util/arrays.ts';

/** True for floats without scales, and int8 with one for each of so many channels. */
export function areWeights({ dtype }: TensorDesc, scale: TensorDesc | undefined, channels: number): boolean {
  return scale ? dtype === 'int8' && isFloat(scale.dtype) && sameArray(scale.shape, [channels]) : isFloat(dtype);
}
