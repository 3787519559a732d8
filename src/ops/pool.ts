/** Max and average pooling over one to three spatial dimensions, channels last: one loop, two folds. */
import { isFloat } from '../core/dtype.ts';
import { ShapeError } from '../core/errors.ts';
import { elementCount, zeros, type Tensor, type TensorDesc } from '../core/tensor.ts';
import type { PoolWindow } from '../ir/ops.ts';
import { at, product } from '../util/arrays.ts';
import type { Operands } from './definition.ts';
import { operand } from './operands.ts';
import { effectiveKernel, outputExtent, slidingWindows, windowAxes, type WindowTaps } from './window.ts';

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

/** How a pool folds the elements of a window. */
export interface PoolFold {
  readonly start: number;
  readonly step: (acc: number, v: number) => number;
  readonly finish: (acc: number, taps: WindowTaps) => number;
}

/** Folds every window of `x`, channel by channel. */
export function pool(x: Tensor, window: PoolWindow, output: TensorDesc, fold: PoolFold): Tensor {
  const y = zeros(output.dtype, output.shape);
  const axes = windowAxes(window, x.shape, window.kernel);
  const windows = slidingWindows(axes, output.shape.slice(1, -1));
  const channels = at(x.shape, x.shape.length - 1);
  const imagePixels = product(axes.map((axis) => axis.input));
  const acc = new Float64Array(channels);
  const { step } = fold;
  let out = 0;
  for (let n = 0; n < at(x.shape, 0); n++) {
    for (const taps of windows) {
      acc.fill(fold.start);
      for (const pixel of taps.pixels) {
        const base = (n * imagePixels + pixel) * channels;
        for (let c = 0; c < channels; c++) acc[c] = step(acc[c] ?? 0, x.data[base + c] ?? 0);
      }
      for (let c = 0; c < channels; c++) y.data[out++] = fold.finish(acc[c] ?? 0, taps);
    }
  }
  return y;
}

/** Throws ShapeError unless the operand holds floats. */
export function requireFloat({ dtype }: TensorDesc, op: string): void {
  if (!isFloat(dtype)) throw new ShapeError(`${op} of ${dtype} is not defined`);
}
