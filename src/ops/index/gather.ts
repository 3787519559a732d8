/** Gather: slices of x picked by index along an axis (NumPy take). */
import { normalizeAxis } from '../../core/broadcast.ts';
import { isFloat } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { elementCount, zeros, type Shape, type TensorDesc } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';

function gatheredShape(x: Shape, indices: TensorDesc, wantedAxis: number): number[] {
  checkIndexType(indices);
  const axis = normalizeAxis(wantedAxis, x.length);
  const out = [...x.slice(0, axis), ...indices.shape, ...x.slice(axis + 1)];
  elementCount(out);
  return out;
}

/** Throws ShapeError unless the elements are integers. */
export function checkIndexType({ dtype }: TensorDesc): void {
  if (isFloat(dtype) || dtype === 'bool') throw new ShapeError(`indices must be integers, not ${dtype}`);
}

/**
 * A position in 0…extent−1, counting from the end when negative. Throws ShapeError outside; the GPU kernels, which
 * cannot throw, clamp to the ends instead.
 */
export function checkedIndex(index: number, extent: number): number {
  const positive = index < 0 ? index + extent : index;
  if (positive < 0 || positive >= extent) throw new ShapeError(`index ${index} is outside an extent of ${extent}`);
  return positive;
}

/** x with dimension `axis` replaced by those of the indices. Throws ShapeError on an index outside. */
export const gather: OpDefinition<'Gather'> = {
  infer: (node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    return [{ dtype, shape: gatheredShape(shape, operand(inputs, 1), node.attributes.axis) }];
  },
  bounded: ({ attributes }, input, axis, inputs) => {
    const along = normalizeAxis(attributes.axis, operand(inputs, 0).shape.length);
    if (input === 1) return along + axis;
    if (axis === along) return undefined;
    return axis < along ? axis : axis + operand(inputs, 1).shape.length - 1;
  },
  reference: (node, inputs) => {
    const x = tensorAt(inputs, 0);
    const indices = tensorAt(inputs, 1);
    const axis = normalizeAxis(node.attributes.axis, x.shape.length);
    const extent = at(x.shape, axis);
    const outer = product(x.shape.slice(0, axis));
    const inner = product(x.shape.slice(axis + 1));
    const y = zeros(x.dtype, gatheredShape(x.shape, indices, axis));
    const count = indices.data.length;
    for (let o = 0; o < outer; o++) {
      for (let j = 0; j < count; j++) {
        const from = (o * extent + checkedIndex(indices.data[j] ?? 0, extent)) * inner;
        y.data.set(x.data.subarray(from, from + inner), (o * count + j) * inner);
      }
    }
    return [y];
  },
  parameters: () => [{ slot: 0, role: 'table' }],
};
