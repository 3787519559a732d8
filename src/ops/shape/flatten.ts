/** Flatten: dimensions before `axis` become rows, those from it on columns. */
import { ShapeError } from '../../core/errors.ts';
import type { Shape } from '../../core/tensor.ts';
import { product } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { reshaped } from './reshape.ts';

function flattened(shape: Shape, axis: number): number[] {
  const split = axis < 0 ? axis + shape.length : axis;
  // Unlike other axes, this one may equal the rank: everything is then one column.
  if (split < 0 || split > shape.length)
    throw new ShapeError(`axis ${axis} is outside a tensor of rank ${shape.length}`);
  return [product(shape.slice(0, split)), product(shape.slice(split))];
}

/** Two dimensions. Throws ShapeError on an axis beyond the rank. */
export const flatten: OpDefinition<'Flatten'> = {
  infer: (node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    return [{ dtype, shape: flattened(shape, node.attributes.axis) }];
  },
  reference: (node, inputs) => [reshaped(inputs, flattened(tensorAt(inputs, 0).shape, node.attributes.axis))],
};
