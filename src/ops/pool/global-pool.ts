/** Global pools: every spatial dimension becomes extent 1. */
import { ShapeError } from '../../core/errors.ts';
import type { TensorDesc } from '../../core/tensor.ts';
import { product } from '../../util/arrays.ts';
import type { InputDescs, Operands, WindowStep } from '../definition.ts';
import { operand, requireFloat } from '../lib/operands.ts';

/** Description of a global pool's output. Throws ShapeError when there is nothing to fold. */
export function inferGlobalPool(inputs: Operands, op: string): readonly TensorDesc[] {
  const { dtype, shape } = operand(inputs, 0);
  requireFloat({ dtype, shape }, op);
  if (shape.length < 3) throw new ShapeError(`rank ${shape.length} is not batch, spatial dimensions and channels`);
  if (product(shape.slice(1, -1)) === 0) throw new ShapeError('there is no element to pool');
  return [{ dtype, shape: shape.map((d, i) => (i === 0 || i === shape.length - 1 ? d : 1)) }];
}

/** The window of a global pool: the whole map (`OpDefinition.sees`). */
export function wholeMap(inputs: InputDescs): WindowStep[] {
  const spatial = inputs[0]?.shape.slice(1, -1) ?? [];
  return spatial.map((extent) => ({ kernel: extent, stride: extent }));
}
