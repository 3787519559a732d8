/** Sliding windows over `[N, H, W, C]` tensors, as WGSL: parameters, and the taps of a strip of output pixels. */
import { range } from '../../src/util/arrays.ts';
import { u32 } from './literal.ts';

/** Structure of a planar window: `[vertical, horizontal]` kernel extents, strides and dilations. */
export interface WindowSpec {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
}

/** Extents of a planar window, which every windowed kernel takes as parameters. Padding past the end needs none. */
export const WINDOW_PARAMS = {
  in_h: 'u32',
  in_w: 'u32',
  in_c: 'u32',
  out_h: 'u32',
  out_w: 'u32',
  out_c: 'u32',
  pad_top: 'u32',
  pad_left: 'u32',
} as const;

/** The window itself, for kernels that are the same for every window. */
export const WINDOW_SHAPE_PARAMS = {
  kernel_h: 'u32',
  kernel_w: 'u32',
  stride_h: 'u32',
  stride_w: 'u32',
  dilation_h: 'u32',
  dilation_w: 'u32',
} as const;

/** Placement of x: its pixel r (n·in_h·in_w + iy·in_w + ix) starts at x_offset + r·x_pitch. */
export const X_PARAMS = { x_offset: 'u32', x_pitch: 'u32' } as const;

/**
 * Declares `channel`, `ox`, `oy`, `n` for invocation `i`: channels (in `blocks` blocks) vary fastest, then strips of
 * `pixels` output pixels along a row (`params.strips` of them), rows, images.
 */
export function stripPosition(blocks: string, pixels: number): string {
  return `let block = i % ${blocks};
  let strip_index = i / ${blocks};
  let strip_row = strip_index / params.strips;
  let ox = (strip_index - strip_row * params.strips) * ${u32(pixels)};
  let n = strip_row / params.out_h;
  let oy = strip_row - n * params.out_h;`;
}

/** Declares `channel`, `pixel`, `row`, `ox`, `oy`, `n` of element `at` of the output. */
export const ELEMENT_POSITION = `let channel = at % params.out_c;
  let pixel = at / params.out_c;
  let row = pixel / params.out_w;
  let ox = pixel - row * params.out_w;
  let n = row / params.out_h;
  let oy = row - n * params.out_h;`;

/** The input row of kernel row `ky`: u32 arithmetic wraps, so one comparison with `in_h` finds both kinds of outside. */
export function inputRow({ strides, dilations }: WindowSpec): string {
  return `oy * ${u32(strides[0])} + ky * ${u32(dilations[0])} - params.pad_top`;
}

/** The input column of output column `ox` plus `pixel`, at kernel column `kx` (an expression); wraps like `inputRow`. */
export function inputColumn({ strides, dilations }: WindowSpec, kx: string, pixel: number): string {
  return `ox * ${u32(strides[1])} + ${u32(pixel * strides[1])} + ${kx} * ${u32(dilations[1])} - params.pad_left`;
}

/** One line per pixel of a strip, joined. */
export function perPixel(pixels: number, line: (pixel: number) => string): string {
  return range(pixels).map(line).join('\n');
}
