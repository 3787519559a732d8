/** Strided walks over dense tensors: the one loop behind every data-movement reference. */
import { hostArray } from '../../core/dtype.ts';
import { elementCount, type Shape, type Tensor } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';

/** Offsets into an operand, one per position of `shape` in row-major order: `start + Σ coordinate·stride`. */
export function stridedOffsets(shape: Shape, strides: readonly number[], start = 0): Int32Array {
  const offsets = new Int32Array(elementCount(shape));
  const coordinate = Array.from(shape, () => 0);
  let offset = start;
  for (let i = 0; i < offsets.length; i++) {
    offsets[i] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = at(coordinate, axis) + 1;
      const stride = at(strides, axis);
      if (next < at(shape, axis)) {
        coordinate[axis] = next;
        offset += stride;
        break;
      }
      coordinate[axis] = 0;
      offset -= (next - 1) * stride;
    }
  }
  return offsets;
}

/** One dimension of a walk. */
interface Dim {
  readonly extent: number;
  readonly stride: number;
}

/** The walk with as few dimensions as possible, at least two: extents of 1 go, neighbours that follow on merge. */
function collapsed(shape: Shape, strides: readonly number[]): Dim[] {
  const dims: Dim[] = [];
  shape.forEach((extent, axis) => {
    const stride = at(strides, axis);
    const outer = dims.at(-1);
    if (extent === 1) return;
    if (outer && outer.stride === stride * extent) dims[dims.length - 1] = { extent: outer.extent * extent, stride };
    else dims.push({ extent, stride });
  });
  while (dims.length < 2) dims.unshift({ extent: 1, stride: 0 });
  return dims;
}

/** Side of the square blocks a plane is copied in, so that reads and writes both stay within a few cache lines. */
const BLOCK = 16;

/** Copies one plane, `rows` × `columns`, to the dense elements from `to` on. */
function copyPlane(
  source: Tensor['data'],
  target: Tensor['data'],
  [rows, columns]: readonly [Dim, Dim],
  from: number,
  to: number,
): void {
  for (let top = 0; top < rows.extent; top += BLOCK) {
    const bottom = Math.min(top + BLOCK, rows.extent);
    for (let left = 0; left < columns.extent; left += BLOCK) {
      const right = Math.min(left + BLOCK, columns.extent);
      for (let r = top; r < bottom; r++) {
        let read = from + r * rows.stride + left * columns.stride;
        const end = to + r * columns.extent + right;
        for (let write = end - right + left; write < end; write++, read += columns.stride) {
          target[write] = source[read] ?? 0;
        }
      }
    }
  }
}

/** A dense tensor of `shape` that reads `x` through strides. Weights of megabytes pass here while a model loads. */
export function stridedCopy(x: Tensor, shape: Shape, strides: readonly number[], start = 0): Tensor {
  const data = hostArray(x.dtype, elementCount(shape));
  if (data.length === 0) return { dtype: x.dtype, shape, data };
  const dims = collapsed(shape, strides);
  const plane = [at(dims, dims.length - 2), at(dims, dims.length - 1)] as const;
  const outer = dims.slice(0, -2);
  const origins = stridedOffsets(
    outer.map((d) => d.extent),
    outer.map((d) => d.stride),
    start,
  );
  const size = plane[0].extent * plane[1].extent;
  origins.forEach((origin, i) => copyPlane(x.data, data, plane, origin, i * size));
  return { dtype: x.dtype, shape, data };
}
