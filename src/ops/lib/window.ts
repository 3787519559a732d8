/** Arithmetic of sliding windows, shared by convolution and pooling: padding, output extents, validation. */
import { ShapeError } from '../../core/errors.ts';
import type { Shape } from '../../core/tensor.ts';
import type { PadMode, Window } from '../../ir/ops.ts';
import { checkKernel, checkWindowList } from '../../ir/shapes/window-limits.ts';
import { at } from '../../util/arrays.ts';
import type { WindowStep } from '../definition.ts';

/** How far a kernel of `kernel` taps reaches, `(kernel − 1)·dilation + 1`. */
export function effectiveKernel(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1;
}

/** One spatial dimension of a window over an input. */
export interface AxisWindow {
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBegin: number;
  readonly padEnd: number;
}

/**
 * Output positions of a window along one axis. `ceilMode` rounds up, even where less than one window fits, but the last window
 * must start inside the input or its begin padding (ONNX, PyTorch). Throws ShapeError when there is none.
 */
export function outputExtent(axis: AxisWindow, ceilMode = false): number {
  const { input, stride, padBegin, padEnd } = axis;
  const reach = effectiveKernel(axis.kernel, axis.dilation);
  const room = input + padBegin + padEnd - reach;
  if (ceilMode ? room <= -stride : room < 0) {
    throw new ShapeError(
      `a window that reaches over ${reach} does not fit into ${input} + ${padBegin + padEnd} padding`,
    );
  }
  if (!ceilMode) return Math.floor(room / stride) + 1;
  const rounded = Math.ceil(room / stride) + 1;
  return (rounded - 1) * stride >= input + padBegin ? rounded - 1 : rounded;
}

/** Padding that makes the output extent `ceil(input / stride)`; the odd element goes to the end (upper) or the begin. */
function samePads(axis: Omit<AxisWindow, 'padBegin' | 'padEnd'>, mode: PadMode): readonly [number, number] {
  const outputs = Math.ceil(axis.input / axis.stride);
  const reach = effectiveKernel(axis.kernel, axis.dilation);
  const total = Math.max(0, (outputs - 1) * axis.stride + reach - axis.input);
  const less = Math.floor(total / 2);
  return mode === 'sameUpper' ? [less, total - less] : [total - less, less];
}

/** The explicit pads (all begins, then all ends) of a window over these extents, whatever its `padMode`. */
export function resolvePads(window: Window, inputSpatial: readonly number[], kernel: readonly number[]): number[] {
  checkWindow(window, inputSpatial.length, kernel);
  if (window.padMode === 'explicit') return [...window.pads];
  const pairs = inputSpatial.map((input, i) =>
    samePads(
      { input, kernel: at(kernel, i), stride: at(window.strides, i), dilation: at(window.dilations, i) },
      window.padMode,
    ),
  );
  return [...pairs.map(([begin]) => begin), ...pairs.map(([, end]) => end)];
}

function checkWindow(window: Window, rank: number, kernel: readonly number[]): void {
  const { strides, dilations, pads, padMode } = window;
  checkWindowList('strides', strides, rank, 1);
  checkKernel(kernel, dilations, rank);
  if (padMode === 'explicit') checkWindowList('pads', pads, 2 * rank, 0);
}

/** What a sliding window of these extents sees (`OpDefinition.sees`). */
export function windowSteps({ strides, dilations }: Window, kernel: readonly number[]): WindowStep[] {
  return kernel.map((extent, i) => ({ kernel: extent, stride: at(strides, i), dilation: at(dilations, i) }));
}

/** Every axis of a window over the spatial extents of `shape` (`[N, …S, C]`), padding resolved. */
export function windowAxes(window: Window, shape: Shape, kernel: readonly number[]): AxisWindow[] {
  if (shape.length < 3 || shape.length > 5) {
    throw new ShapeError(`rank ${shape.length} is not batch, one to three spatial dimensions and channels`);
  }
  const spatial = shape.slice(1, -1);
  const pads = resolvePads(window, spatial, kernel);
  return spatial.map((input, i) => ({
    input,
    kernel: at(kernel, i),
    stride: at(window.strides, i),
    dilation: at(window.dilations, i),
    padBegin: at(pads, i),
    padEnd: at(pads, spatial.length + i),
  }));
}
