/** PRelu: x < 0 ? slope·x : x, with a slope that broadcasts to x. */
import { broadcastBound } from '../lib/bounded.ts';
import { broadcastShapes } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { shapeText } from '../../core/tensor.ts';
import { at, sameArray } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { zipTensors } from '../lib/elementwise.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { vectorAxis } from '../lib/parameters.ts';

/** Keeps the shape of x. Throws ShapeError where the slope is of another type or does not broadcast to x. */
export const pRelu: OpDefinition<'PRelu'> = {
  infer: (_node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    const slope = operand(inputs, 1);
    if (slope.dtype !== dtype) throw new ShapeError(`the slope is ${slope.dtype}, the input ${dtype}`);
    if (!sameArray(broadcastShapes(shape, slope.shape), shape)) {
      throw new ShapeError(`a slope of ${shapeText(slope.shape)} does not broadcast to ${shapeText(shape)}`);
    }
    return [{ dtype, shape }];
  },
  bounded: broadcastBound,
  reference: (_node, inputs, outputs) => [
    zipTensors(tensorAt(inputs, 0), tensorAt(inputs, 1), at(outputs, 0), (x, slope) => (x < 0 ? slope * x : x)),
  ],
  parameters: (_node, inputs) => [{ slot: 1, role: 'scale', channels: vectorAxis(inputs[1]?.shape ?? []) }],
};
