/** Access to operands by position, with errors that say what is missing. */
import { isFloat } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import type { Tensor, TensorDesc } from '../../core/tensor.ts';
import type { Operand, Operands, Tensors } from '../definition.ts';

/** The operand at `index`. Throws ShapeError when it is absent. */
export function operand(inputs: Operands, index: number): Operand {
  const found = inputs[index];
  if (!found) throw new ShapeError(`input ${index} is missing`);
  return found;
}

/** The tensor at `index`. Throws ShapeError when it is absent. */
export function tensorAt(inputs: Tensors, index: number): Tensor {
  const found = inputs[index];
  if (!found) throw new ShapeError(`input ${index} is missing`);
  return found;
}

/** The integers of an operand that must be known while the graph is compiled (a shape, pads, slice bounds). */
export function knownInts(inputs: Operands, index: number, what: string): number[] {
  const { value } = operand(inputs, index);
  if (!value) throw new ShapeError(`${what} depends on the data; it must follow from the input shapes`);
  return Array.from(value.data);
}

/** Throws ShapeError unless the operand holds floats. */
export function requireFloat({ dtype }: TensorDesc, op: string): void {
  if (!isFloat(dtype)) throw new ShapeError(`${op} of ${dtype} is not defined`);
}
