/** What a transposed convolution's window means for the extents of its input: rules that inference and kernels share. */
import { ShapeError } from '../../core/errors.ts';
import { at } from '../../util/arrays.ts';
import type { TransposedWindow } from '../ops.ts';
import { checkKernel, checkWindowList } from './window-limits.ts';

/** Positions in the whole output, before it is cut, have 31 bits in kernels. */
const MAX_OUTPUT = 2 ** 30;

/** One spatial dimension of a transposed convolution. Input i meets kernel element k at output `i·stride + k·dilation − padBegin`. */
export interface TransposedAxis {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBegin: number;
}

/**
 * Every axis over the spatial extents of the input, output extents included. Given extents are reached as ONNX says it: what
 * is too much is cut, the odd element from the begin unless `autoPad` is `sameUpper`; what is missing, less than a stride, is
 * added to the end. Throws ShapeError where lists do not fit the dimensions, or no input could be the input.
 */
export function transposedAxes(
  window: TransposedWindow,
  spatial: readonly number[],
  kernel: readonly number[],
): TransposedAxis[] {
  checkLists(window, spatial.length, kernel);
  return spatial.map((input, i) => {
    const [stride, dilation] = [at(window.strides, i), at(window.dilations, i)];
    const added = at(window.outputPads, i);
    if (added >= Math.max(stride, dilation)) {
      throw new ShapeError(
        `output padding ${added} must be less than the stride ${stride} or the dilation ${dilation}`,
      );
    }
    const whole = stride * (input - 1) + added + (at(kernel, i) - 1) * dilation + 1;
    if (whole >= MAX_OUTPUT)
      throw new ShapeError(`an output of ${whole} elements along one dimension is beyond all limits`);
    const { padBegin, output } = cut(window, i, { input, whole, stride });
    if (output < 1) throw new ShapeError(`padding leaves nothing of an output of ${whole} elements`);
    return { input, output, kernel: at(kernel, i), stride, dilation, padBegin };
  });
}

/** What is cut from the begin of the whole along dimension `i`, and what is left. */
function cut(
  { pads, autoPad, outputShape }: TransposedWindow,
  i: number,
  { input, whole, stride }: { readonly input: number; readonly whole: number; readonly stride: number },
): { padBegin: number; output: number } {
  const given = outputShape[i];
  if (given === undefined && autoPad === 'explicit') {
    const padBegin = at(pads, i);
    return { padBegin, output: whole - padBegin - at(pads, pads.length / 2 + i) };
  }
  if (given !== undefined && given >= whole + stride) {
    throw new ShapeError(`an output of ${given} elements needs more than ${input} inputs`);
  }
  const total = Math.max(0, whole - (given ?? input * stride));
  const padBegin = autoPad === 'sameUpper' ? Math.floor(total / 2) : Math.ceil(total / 2);
  return { padBegin, output: given ?? whole - total };
}

/** Throws ShapeError unless every list has an entry a dimension, in its range. */
function checkLists(window: TransposedWindow, rank: number, kernel: readonly number[]): void {
  checkWindowList('strides', window.strides, rank, 1);
  checkKernel(kernel, window.dilations, rank);
  checkWindowList('pads', window.pads, 2 * rank, 0);
  checkWindowList('output padding', window.outputPads, rank, 0);
  if (window.outputShape.length > 0) checkWindowList('output shape', window.outputShape, rank, 1);
}
