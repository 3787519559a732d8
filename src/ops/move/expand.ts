/** Expand: NumPy broadcast of the input's shape with a given one. */
import { broadcastShapes, broadcastStrides } from '../../core/broadcast.ts';
import type { OpDefinition } from '../definition.ts';
import { knownInts, operand, tensorAt } from '../lib/operands.ts';
import { stridedCopy } from '../lib/strided.ts';

/** Throws ShapeError where the shapes do not broadcast, or the wanted one is not known. */
export const expand: OpDefinition<'Expand'> = {
  infer: (_node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    return [{ dtype, shape: broadcastShapes(shape, knownInts(inputs, 1, 'the shape')) }];
  },
  shapeInputs: [1],
  // Where the shape asks for one.
  bounded: (_node, input, axis, inputs) => {
    const rank = operand(inputs, 0).shape.length;
    const wanted = knownInts(inputs, 1, 'the shape');
    const to = axis + Math.max(0, wanted.length - rank);
    return input === 0 && (wanted.at(axis - rank) ?? 1) === 1 ? to : undefined;
  },
  reference: (_node, inputs) => {
    const x = tensorAt(inputs, 0);
    const shape = broadcastShapes(x.shape, Array.from(tensorAt(inputs, 1).data));
    return [stridedCopy(x, shape, broadcastStrides(x.shape, shape))];
  },
};
