/**
 * Cells of a transposed convolution: the outputs that lie over one input pixel, one of each phase. Those of all phases see the same
 * inputs, ⌈kernel / stride⌉ along a dimension, so that it is an ordinary convolution whose channels are the phases of every
 * channel.
 */
import type { TransposedAxis } from '../../ir/shapes/transposed-window.ts';
import { ceilDiv, product, range } from '../../util/arrays.ts';

/** `[vertical, horizontal]`. */
export type Pair = readonly [number, number];

/** A planar transposed window, in cells: output o lies in cell ⌊(o + cut) / stride⌋, and cell 0 lies over input pixel `skip`. */
export interface Cells {
  readonly input: Pair;
  readonly output: Pair;
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly cut: Pair;
  readonly skip: Pair;
  /** Cells that hold all outputs. */
  readonly count: Pair;
  /** Inputs that a cell sees. */
  readonly seen: Pair;
}

/** A dimension that is not there. */
const NONE: TransposedAxis = { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, padBegin: 0 };

/** The cells of one or two dimensions; nothing of volumes, and where kernel elements lie apart. */
export function cellsOf(axes: readonly TransposedAxis[]): Cells | undefined {
  if (axes.length > 2 || axes.some(({ kernel, dilation }) => kernel > 1 && dilation > 1)) return undefined;
  const both = (of: (axis: TransposedAxis) => number): Pair => [of(axes.at(-2) ?? NONE), of(axes.at(-1) ?? NONE)];
  return {
    input: both(({ input }) => input),
    output: both(({ output }) => output),
    kernel: both(({ kernel }) => kernel),
    strides: both(({ stride }) => stride),
    cut: both(({ padBegin, stride }) => padBegin % stride),
    skip: both(({ padBegin, stride }) => Math.floor(padBegin / stride)),
    count: both(({ output, padBegin, stride }) => ceilDiv(output + (padBegin % stride), stride)),
    seen: both(({ kernel, stride }) => ceilDiv(kernel, stride)),
  };
}

/** An element of the kernel: what it is in the cells' convolution, whose taps a cell sees from the first input on, and its phase. */
export interface CellTap {
  readonly element: number;
  readonly tap: number;
  readonly phase: number;
}

/** Every element of the kernel. */
export function cellTaps({ kernel, strides, seen }: Cells): readonly CellTap[] {
  return range(kernel[0]).flatMap((ky) =>
    range(kernel[1]).map((kx) => {
      // What a cell sees first is what the last of a phase's taps reaches.
      const [ty, tx] = [Math.floor(ky / strides[0]), Math.floor(kx / strides[1])];
      return {
        element: ky * kernel[1] + kx,
        tap: (seen[0] - 1 - ty) * seen[1] + seen[1] - 1 - tx,
        phase: (ky - ty * strides[0]) * strides[1] + kx - tx * strides[1],
      };
    }),
  );
}

/** Padding before the input of the cells' convolution; where cells begin further on it wraps. */
export function cellPads({ seen, skip }: Cells): Pair {
  return [(seen[0] - 1 - skip[0]) >>> 0, (seen[1] - 1 - skip[1]) >>> 0];
}

/** How much larger the weights may be than the kernel: phases without as many taps as others are filled up. */
const MOST_FILLED = 2;

/** Whether more of the cells' weights would be filling than elements of the kernel. */
export function isMostlyFilled({ kernel, strides, seen }: Cells): boolean {
  return product(seen) * product(strides) > MOST_FILLED * product(kernel);
}
