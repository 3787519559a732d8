/** GatherElements: each element of the result is picked by an index of its own, along one axis. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { shapeText, zeros, type Shape, type TensorDesc } from '../../core/tensor.ts';
import { at, stridesOf } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { boundTogether } from '../lib/bound-together.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { stridedOffsets } from '../lib/strided.ts';
import { checkIndices, checkIndexType, position } from './gather.ts';

/**
 * The axis, once indices of as many dimensions as x are found to lie within it along all others. Throws ShapeError where they
 * do not.
 */
export function elementsAxis(x: Shape, indices: TensorDesc, wantedAxis: number): number {
  checkIndexType(indices);
  const fits = indices.shape.length === x.length && x.length > 0;
  const axis = fits ? normalizeAxis(wantedAxis, x.length) : 0;
  if (!fits || indices.shape.some((extent, i) => i !== axis && extent > at(x, i))) {
    throw new ShapeError(`indices ${shapeText(indices.shape)} do not fit ${shapeText(x)} beside axis ${wantedAxis}`);
  }
  return axis;
}

/** The shape of the indices. Throws ShapeError where they do not fit, or an index is known and outside. */
export const gatherElements: OpDefinition<'GatherElements'> = {
  infer: (node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    const indices = operand(inputs, 1);
    const axis = elementsAxis(shape, indices, node.attributes.axis);
    checkIndices(indices, [at(shape, axis)]);
    return [{ dtype, shape: indices.shape }];
  },
  bounded: (node, input, axis, inputs) => {
    const along = normalizeAxis(node.attributes.axis, operand(inputs, 0).shape.length);
    // They go into as many as there are.
    if (axis === along) return input === 1 ? axis : inputs[2] ? null : undefined;
    return boundTogether(axis, inputs.slice(0, 2));
  },
  reference: (node, inputs) => {
    const x = tensorAt(inputs, 0);
    const indices = tensorAt(inputs, 1);
    const axis = elementsAxis(x.shape, indices, node.attributes.axis);
    const strides = stridesOf(x.shape);
    const [extent, step] = [at(x.shape, axis), at(strides, axis)];
    const y = zeros(x.dtype, indices.shape);
    // What the axis adds is found element by element.
    const beside = stridedOffsets(indices.shape, strides.with(axis, 0));
    for (let i = 0; i < y.data.length; i++) {
      y.data[i] = x.data[at(beside, i) + position(at(indices.data, i), extent) * step] ?? 0;
    }
    return [y];
  },
};
