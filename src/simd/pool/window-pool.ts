/** Lowering of pools of windows, and of what takes the largest. */
import type { DType } from '../../core/dtype.ts';
import type { TensorDesc } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import type { SimdCall, SimdContext } from '../definition.ts';
import { LARGEST_FLOAT, poolCalls } from './pool.ts';

/** How kernels fold windows to the largest, in the order of their kinds. */
const LARGEST: { readonly [D in DType]: number } = {
  float32: LARGEST_FLOAT,
  float16: LARGEST_FLOAT,
  bfloat16: LARGEST_FLOAT,
  int8: 2,
  uint8: 3,
  bool: 3,
  int16: 4,
  uint16: 5,
  int32: 6,
  int64: 6,
  uint32: 7,
  uint64: 7,
};

/** How the kernel finds the largest of such elements. */
export function kindOfLargest({ dtype }: TensorDesc): number {
  return LARGEST[dtype];
}

/** The call of a pool of windows; nothing for volumes. */
export function windowPoolCalls<K extends 'MaxPool' | 'AveragePool'>(
  context: SimdContext<K>,
): readonly SimdCall[] | undefined {
  const { attributes } = context.node;
  const [x, y] = [context.inputs[0], at(context.outputs, 0)];
  if (!x) return undefined;
  const shapes = { window: attributes, from: x.shape, to: y.shape };
  const isMean = 'countIncludePad' in attributes;
  return poolCalls(
    context,
    isMean ? { ...shapes, kind: 0, countsPads: attributes.countIncludePad } : { ...shapes, kind: kindOfLargest(y) },
  );
}
