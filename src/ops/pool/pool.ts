/** Max and average pooling over one to three spatial dimensions, channels last: what they have in common beside the loop. */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, type TensorDesc } from '../../core/tensor.ts';
import type { PoolWindow } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { Operands } from '../definition.ts';
import { operand } from '../lib/operands.ts';
import { effectiveKernel, outputExtent, windowAxes } from '../lib/window.ts';

/**
 * Description of a pool's output. Throws ShapeError where padding is as wide as the window: such a window would see
 * no input at all.
 */
export function inferPool(window: PoolWindow, inputs: Operands): readonly TensorDesc[] {
  const { dtype, shape } = operand(inputs, 0);
  const axes = windowAxes(window, shape, window.kernel);
  for (const { kernel, dilation, padBegin, padEnd } of axes) {
    const reach = effectiveKernel(kernel, dilation);
    if (padBegin >= reach || padEnd >= reach) {
      throw new ShapeError(`padding ${padBegin} and ${padEnd} must be less than the ${reach} a window reaches over`);
    }
  }
  const spatial = axes.map((axis) => outputExtent(axis, window.ceilMode));
  const pooled = [at(shape, 0), ...spatial, at(shape, shape.length - 1)];
  elementCount(pooled);
  return [{ dtype, shape: pooled }];
}
