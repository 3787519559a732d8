/** Tensors in host memory: a dtype, a static shape and dense row-major elements. */
import { product } from '../util/arrays.ts';
import { hostArray, holds, type DType, type HostArray } from './dtype.ts';
import { ShapeError } from './errors.ts';

/** Static shape: non-negative extents, outermost first. `[]` is a scalar. */
export type Shape = readonly number[];

/** What is known of a tensor without its elements. */
export interface TensorDesc {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A dense row-major tensor in host memory. `data` is of the array kind that `core/dtype.ts` assigns to the dtype. */
export interface Tensor extends TensorDesc {
  readonly data: HostArray;
}

/** Upper bound on the elements of one tensor: what a 2 GiB float32 buffer holds. Larger ones are refused before allocation. */
export const MAX_ELEMENTS = 2 ** 29;

/** Number of elements. Throws ShapeError on a negative, fractional or absurd extent, and on more dimensions than anything has. */
export function elementCount(shape: Shape): number {
  for (const d of shape) {
    if (!Number.isSafeInteger(d) || d < 0 || shape.length > 32) {
      throw new ShapeError(`[${shape.join(', ')}] is not a static shape of up to 32 dimensions`);
    }
  }
  const n = product(shape);
  if (n > MAX_ELEMENTS) {
    throw new ShapeError(`a tensor of shape [${shape.join(', ')}] has ${n} elements; the limit is ${MAX_ELEMENTS}`);
  }
  return n;
}

/** Makes a tensor of existing elements. Throws ShapeError when the count or the array kind does not fit. */
export function tensor(dtype: DType, shape: Shape, data: HostArray): Tensor {
  const n = elementCount(shape);
  if (data.length !== n) {
    throw new ShapeError(`shape [${shape.join(', ')}] needs ${n} elements, the data has ${data.length}`);
  }
  if (!holds(dtype, data)) throw new ShapeError(`${data.constructor.name} cannot hold ${dtype} elements`);
  return { dtype, shape, data };
}

/** Makes a zero-filled tensor. */
export function zeros(dtype: DType, shape: Shape): Tensor {
  return { dtype, shape, data: hostArray(dtype, elementCount(shape)) };
}

/** Makes a tensor from plain numbers, rounded as the typed array does. */
export function tensorOf(dtype: DType, shape: Shape, values: ArrayLike<number>): Tensor {
  const data = hostArray(dtype, elementCount(shape));
  if (values.length !== data.length) {
    throw new ShapeError(`shape [${shape.join(', ')}] needs ${data.length} elements, got ${values.length}`);
  }
  data.set(values);
  return { dtype, shape, data };
}

/** Shape as text, `1x224x224x3`; `scalar` for rank 0. */
export function shapeText(shape: readonly (number | string)[]): string {
  return shape.length === 0 ? 'scalar' : shape.join('x');
}

/** The first `extent` positions of a tensor along one dimension; the tensor itself where that is all of them. Copies. */
export function trimmed(t: Tensor, axis: number, extent: number): Tensor {
  const whole = t.shape[axis] ?? 0;
  if (extent === whole) return t;
  const inner = product(t.shape.slice(axis + 1));
  const outer = product(t.shape.slice(0, axis));
  const shape = t.shape.with(axis, extent);
  const data = hostArray(t.dtype, outer * extent * inner);
  for (let o = 0; o < outer; o++) {
    data.set(t.data.subarray(o * whole * inner, (o * whole + extent) * inner), o * extent * inner);
  }
  return { dtype: t.dtype, shape, data };
}
