/** Strided walks over dense tensors: the one loop behind every data-movement reference. */
import { hostArray } from '../core/dtype.ts';
import { elementCount, type Shape, type Tensor } from '../core/tensor.ts';
import { at } from '../util/arrays.ts';

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

/** A dense tensor of `shape` that reads `x` through strides. */
export function stridedCopy(x: Tensor, shape: Shape, strides: readonly number[], start = 0): Tensor {
  const data = hostArray(x.dtype, elementCount(shape));
  stridedOffsets(shape, strides, start).forEach((offset, i) => {
    data[i] = x.data[offset] ?? 0;
  });
  return { dtype: x.dtype, shape, data };
}
