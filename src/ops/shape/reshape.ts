/** Reshape: the same elements in the same order under a new shape. */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, shapeText, type Shape, type Tensor } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import type { OpDefinition, Tensors } from '../definition.ts';
import { knownInts, operand, tensorAt } from '../lib/operands.ts';

/**
 * The shape a Reshape asks for: −1 stands for what is left, 0 for the input's extent unless `allowZero`. Throws
 * ShapeError when the element counts differ.
 */
export function resolveReshape(from: Shape, wanted: readonly number[], allowZero: boolean): number[] {
  const shape = wanted.map((d, i) => {
    if (d !== 0 || allowZero) return d;
    const copied = from[i];
    if (copied === undefined) throw new ShapeError(`extent 0 at ${i} copies a dimension that ${shapeText(from)} lacks`);
    return copied;
  });
  const open = shape.indexOf(-1);
  const count = elementCount(from);
  if (open >= 0) {
    const others = product(shape.filter((_, i) => i !== open));
    const rest = count / others;
    if (!Number.isInteger(rest) || rest < 0) throw mismatch(from, wanted);
    shape[open] = rest;
  }
  if (elementCount(shape) !== count) throw mismatch(from, wanted);
  return shape;
}

function mismatch(from: Shape, wanted: readonly number[]): ShapeError {
  return new ShapeError(`cannot reshape ${shapeText(from)} to [${wanted.join(', ')}]`);
}

/** The data of input 0, copied, under another shape: the reference of every operator that only renames positions. */
export function reshaped(inputs: Tensors, shape: Shape): Tensor {
  const { dtype, data } = tensorAt(inputs, 0);
  return { dtype, shape, data: data.slice() };
}

/** Throws ShapeError on a shape that is not known or has another number of elements. */
export const reshape: OpDefinition<'Reshape'> = {
  infer: (node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    const wanted = knownInts(inputs, 1, 'the shape');
    return [{ dtype, shape: resolveReshape(shape, wanted, node.attributes.allowZero) }];
  },
  shapeInputs: [1],
  // Where as many elements lie before it, and the shape asks for what is left or what was there rather than for a number.
  bounded: (node, input, axis, inputs) => {
    if (input !== 0) return undefined;
    const { shape } = operand(inputs, 0);
    const wanted = knownInts(inputs, 1, 'the shape');
    const { allowZero } = node.attributes;
    const to = resolveReshape(shape, wanted, allowZero);
    const before = product(shape.slice(0, axis));
    const follows = (i: number): boolean => wanted[i] === -1 || (wanted[i] === 0 && !allowZero && i === axis);
    const found = to.findIndex(
      (extent, i) => follows(i) && extent === shape[axis] && product(to.slice(0, i)) === before,
    );
    return found < 0 ? undefined : found;
  },
  reference: (_node, inputs, outputs) => [reshaped(inputs, at(outputs, 0).shape)],
};
