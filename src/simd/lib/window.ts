/** Sliding windows as kernels see them. */
import type { Shape } from '../../core/tensor.ts';
import type { Window } from '../../ir/ops.ts';

/**
 * `[kernel, strides, dilations, pads before]` of a window, each of height and width, of which one spatial dimension has a height of
 * 1. Nothing for volumes, and for padding that is not explicit.
 */
export function windowInts(
  { strides, dilations, pads, padMode }: Window,
  kernel: readonly number[],
): number[] | undefined {
  if (kernel.length > 2 || padMode !== 'explicit') return undefined;
  return [
    ...planar(kernel, 1),
    ...planar(strides, 1),
    ...planar(dilations, 1),
    ...planar(pads.slice(0, kernel.length), 0),
  ];
}

/** Height, width and channels of `[N, …S, C]` of one or two spatial dimensions. */
export function planeOf(shape: Shape): readonly [height: number, width: number, channels: number] {
  const [width = 1, height = 1] = shape.slice(1, -1).reverse();
  return [height, width, shape.at(-1) ?? 1];
}

function planar(values: readonly number[], fill: number): readonly number[] {
  return values.length === 1 ? [fill, ...values] : values;
}
