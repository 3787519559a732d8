/** Squeeze: drops dimensions of extent 1. */
import { normalizeAxes } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { shapeText, type Shape } from '../../core/tensor.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { reshaped } from './reshape.ts';

function squeezed(shape: Shape, axes: readonly number[]): number[] {
  if (axes.length === 0) return shape.filter((extent) => extent !== 1);
  const dropped = normalizeAxes(axes, shape.length);
  for (const axis of dropped) {
    if (shape[axis] !== 1) throw new ShapeError(`axis ${axis} of ${shapeText(shape)} is not 1 and cannot be squeezed`);
  }
  return shape.filter((_, i) => !dropped.includes(i));
}

/** Throws ShapeError on an axis whose extent is not 1. */
export const squeeze: OpDefinition<'Squeeze'> = {
  infer: (node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    return [{ dtype, shape: squeezed(shape, node.attributes.axes) }];
  },
  reference: (node, inputs) => [reshaped(inputs, squeezed(tensorAt(inputs, 0).shape, node.attributes.axes))],
};
