/** Loops of the elementwise references: one operand, and two with broadcasting. */
import { broadcastStrides } from '../../core/broadcast.ts';
import type { DType } from '../../core/dtype.ts';
import { zeros, type Tensor, type TensorDesc } from '../../core/tensor.ts';
import { sameArray } from '../../util/arrays.ts';
import { stridedOffsets } from './strided.ts';

/** A tensor of `x`'s shape with `f` of every element, rounded or wrapped as the result's array does. */
export function mapTensor(x: Tensor, dtype: DType, f: (v: number) => number): Tensor {
  const y = zeros(dtype, x.shape);
  for (let i = 0; i < y.data.length; i++) y.data[i] = f(x.data[i] ?? 0);
  return y;
}

/** `f` of every pair of elements, both operands broadcast to `out.shape`. */
export function zipTensors(a: Tensor, b: Tensor, out: TensorDesc, f: (a: number, b: number) => number): Tensor {
  const y = zeros(out.dtype, out.shape);
  const first = readBroadcast(a, out);
  const second = readBroadcast(b, out);
  for (let i = 0; i < y.data.length; i++) y.data[i] = f(first(i), second(i));
  return y;
}

/** Reads an operand at positions of `out`, in row-major order. */
export function readBroadcast(x: Tensor, out: TensorDesc): (i: number) => number {
  if (sameArray(x.shape, out.shape)) return (i) => x.data[i] ?? 0;
  const offsets = stridedOffsets(out.shape, broadcastStrides(x.shape, out.shape));
  return (i) => x.data[offsets[i] ?? 0] ?? 0;
}
