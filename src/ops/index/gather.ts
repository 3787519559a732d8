/** Gather: slices of x picked by index along an axis (NumPy take). */
import { normalizeAxis } from '../../core/broadcast.ts';
import { isFloat } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { elementCount, zeros, type Shape, type TensorDesc } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import type { OpDefinition, Operand } from '../definition.ts';
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
 * Throws ShapeError where indices that are known while compiling lie outside the extents they go into, one after the
 * other, or where there is nothing to choose from. Those that only a run knows are taken as `position` says.
 */
export function checkIndices({ shape, value }: Operand, extents: readonly number[]): void {
  if (elementCount(shape) > 0 && extents.includes(0))
    throw new ShapeError('there is nothing to choose from: an extent is 0');
  value?.data.forEach((index, i) => {
    const extent = at(extents, i % extents.length);
    if (index < -extent || index >= extent) throw new ShapeError(`index ${index} is outside an extent of ${extent}`);
  });
}

/** A position in 0…extent−1: counted from the end when negative, and the nearest where it is outside, as the kernels do. */
export function position(index: number, extent: number): number {
  return Math.max(0, Math.min(index < 0 ? index + extent : index, extent - 1));
}

/** A position counted from the end when negative; −1 where it is outside. */
export function positionWithin(index: number, extent: number): number {
  const place = index < 0 ? index + extent : index;
  return place >= 0 && place < extent ? place : -1;
}

/** x with dimension `axis` replaced by those of the indices. Throws ShapeError on an index that is known and outside. */
export const gather: OpDefinition<'Gather'> = {
  infer: (node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    const indices = operand(inputs, 1);
    const gathered = gatheredShape(shape, indices, node.attributes.axis);
    checkIndices(indices, [at(shape, normalizeAxis(node.attributes.axis, shape.length))]);
    return [{ dtype, shape: gathered }];
  },
  bounded: ({ attributes }, input, axis, inputs) => {
    const along = normalizeAxis(attributes.axis, operand(inputs, 0).shape.length);
    if (input === 1) return along + axis;
    // They go into as many as there are.
    if (axis === along) return inputs[2] ? null : undefined;
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
        const from = (o * extent + position(indices.data[j] ?? 0, extent)) * inner;
        y.data.set(x.data.subarray(from, from + inner), (o * count + j) * inner);
      }
    }
    return [y];
  },
  parameters: () => [{ slot: 0, role: 'table' }],
};
