/** Tile: the whole tensor repeated along each dimension. */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, type Shape } from '../../core/tensor.ts';
import { at, stridesOf } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { knownInts, operand, tensorAt } from '../lib/operands.ts';
import { stridedCopy } from '../lib/strided.ts';

function tiledShape(shape: Shape, repeats: readonly number[]): number[] {
  if (repeats.length !== shape.length) {
    throw new ShapeError(`${repeats.length} repeats for a tensor of rank ${shape.length}`);
  }
  const out = shape.map((extent, axis) => extent * at(repeats, axis));
  elementCount(out);
  return out;
}

/** Each extent times its repeats. Throws ShapeError on repeats that are not known or do not match the rank. */
export const tile: OpDefinition<'Tile'> = {
  infer: (_node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    return [{ dtype, shape: tiledShape(shape, knownInts(inputs, 1, 'the repeats')) }];
  },
  shapeInputs: [1],
  bounded: (_node, input, axis, inputs) =>
    input === 0 && knownInts(inputs, 1, 'the repeats')[axis] === 1 ? axis : undefined,
  reference: (_node, inputs) => {
    const x = tensorAt(inputs, 0);
    const repeats = Array.from(tensorAt(inputs, 1).data);
    const strides = stridesOf(x.shape);
    // Each dimension becomes two: the repetition, which does not move in x, and the position.
    const pairs = x.shape.flatMap((extent, axis) => [at(repeats, axis), extent]);
    const steps = strides.flatMap((stride) => [0, stride]);
    const { dtype, data } = stridedCopy(x, pairs, steps);
    return [{ dtype, shape: tiledShape(x.shape, repeats), data }];
  },
};
