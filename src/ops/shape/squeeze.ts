/** Squeeze: drops dimensions of extent 1. */
import { normalizeAxes } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { shapeText, type Shape } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand } from '../lib/operands.ts';
import { reshaped } from './reshape.ts';

/** The dimensions that are dropped. */
function droppedAxes(shape: Shape, axes: readonly number[]): number[] {
  if (axes.length === 0) return range(shape.length).filter((axis) => shape[axis] === 1);
  const dropped = normalizeAxes(axes, shape.length);
  for (const axis of dropped) {
    if (shape[axis] !== 1) throw new ShapeError(`axis ${axis} of ${shapeText(shape)} is not 1 and cannot be squeezed`);
  }
  return dropped;
}

/** Throws ShapeError on an axis whose extent is not 1. */
export const squeeze: OpDefinition<'Squeeze'> = {
  infer: (node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    const dropped = droppedAxes(shape, node.attributes.axes);
    return [{ dtype, shape: shape.filter((_, axis) => !dropped.includes(axis)) }];
  },
  shapeInputs: [1],
  listed: (attributes, axes) => ({ ...attributes, axes }),
  bounded: ({ attributes }, _input, axis, inputs) => {
    const { shape } = operand(inputs, 0);
    const dropped = droppedAxes(shape, attributes.axes);
    return dropped.includes(axis) ? undefined : axis - dropped.filter((other) => other < axis).length;
  },
  reference: (_node, inputs, outputs) => [reshaped(inputs, at(outputs, 0).shape)],
};
