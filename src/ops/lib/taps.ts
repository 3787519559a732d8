/** What a sliding window sees at each of its positions. */
import { at, range } from '../../util/arrays.ts';
import type { AxisWindow } from './window.ts';

/** What one output position sees of an image (`[…S, C]` of one batch entry). */
export interface WindowTaps {
  /** Input pixels under the window, as indices into the flattened spatial extents, in kernel order. */
  readonly pixels: readonly number[];
  /** The kernel position of each pixel, as an index into the flattened kernel. */
  readonly kernel: readonly number[];
  /** Kernel positions on the input or its declared padding; a ceil-mode overhang is not counted. */
  readonly padded: number;
}

/**
 * The taps of every output position, in row-major order of `outputs`, the output's spatial extents. They are made as they are
 * asked for, each time again: those of a large image would fill the memory.
 */
export function slidingWindows(axes: readonly AxisWindow[], outputs: readonly number[]): Iterable<WindowTaps> {
  const taps = axes.map((axis, i) => range(at(outputs, i)).map((o) => axisTaps(axis, o)));
  return { [Symbol.iterator]: () => windowsIn({ pixels: [0], kernel: [0], padded: 1 }, axes, taps) };
}

/** The windows that share what they see along outer axes, over those along the rest. */
function* windowsIn(
  outer: WindowTaps,
  [axis, ...axes]: readonly AxisWindow[],
  [taps = [], ...rest]: readonly (readonly WindowTaps[])[],
): Generator<WindowTaps> {
  if (!axis) return yield outer;
  for (const inner of taps) yield* windowsIn(nest(outer, inner, axis), axes, rest);
}

function axisTaps(axis: AxisWindow, output: number): WindowTaps {
  const start = output * axis.stride - axis.padBegin;
  const position = (k: number): number => start + k * axis.dilation;
  // How many elements of the kernel lie before a position: a large one may hang over a small input.
  const before = (end: number): number => Math.min(axis.kernel, Math.max(0, Math.ceil((end - start) / axis.dilation)));
  const [first, last] = [before(0), before(axis.input)];
  const kernel = range(last - first).map((k) => first + k);
  const padded = before(axis.input + axis.padEnd);
  return { pixels: kernel.map(position), kernel, padded };
}

/** The product of the taps along outer axes with those along the next one. */
function nest(outer: WindowTaps, inner: WindowTaps, axis: AxisWindow): WindowTaps {
  return {
    pixels: cross(outer.pixels, inner.pixels, axis.input),
    kernel: cross(outer.kernel, inner.kernel, axis.kernel),
    padded: outer.padded * inner.padded,
  };
}

/** Row-major positions of every pair, where the inner dimension has this extent. */
function cross(outer: readonly number[], inner: readonly number[], extent: number): readonly number[] {
  if (outer.length === 1 && outer[0] === 0) return inner;
  const out: number[] = [];
  for (const base of outer) for (const v of inner) out.push(base * extent + v);
  return out;
}
