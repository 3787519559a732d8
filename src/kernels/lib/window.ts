/** Sliding windows as the kernels see them: planar, static, padded explicitly. */
import type { WindowSpec } from '../../../shaders/lib/window.ts';
import { PlanError } from '../../core/errors.ts';
import type { TensorDesc } from '../../core/tensor.ts';
import type { Window } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import { required, result, type LowerContext } from '../definition.ts';

/** Operators whose kernels slide a window. */
type Windowed = 'Conv' | 'MaxPool' | 'AveragePool' | 'QLinearConv' | 'ConvInteger' | 'QLinearAveragePool';

/** A window over `[N, H, W, C]`; one spatial dimension counts as a single row. */
export interface PlanarWindow {
  readonly spec: WindowSpec;
  readonly batch: number;
  /** Values for `WINDOW_PARAMS`. */
  readonly params: {
    readonly in_h: number;
    readonly in_w: number;
    readonly in_c: number;
    readonly out_h: number;
    readonly out_w: number;
    readonly out_c: number;
    readonly pad_top: number;
    readonly pad_left: number;
  };
  /** Padding after the input: `[bottom, right]`. */
  readonly padEnd: readonly [number, number];
}

/** The last two of one or two entries, `fill` in front of a single one. */
function planar(values: readonly number[], fill: number): [number, number] {
  return values.length === 1 ? [fill, at(values, 0)] : [at(values, 0), at(values, 1)];
}

/** Ranks of `[N, …S, C]` with one or two spatial dimensions. */
export const PLANAR_RANKS: readonly number[] = [3, 4];

/** True of nodes on volumes, `[N, D, H, W, C]`. */
export function isVolume(_: unknown, [x]: readonly (TensorDesc | undefined)[]): boolean {
  return x?.shape.length === 5;
}

/** Values for `WINDOW_SHAPE_PARAMS`. */
export function windowShape({ spec }: Pick<PlanarWindow, 'spec'>): Readonly<Record<string, number>> {
  const { kernel, strides, dilations } = spec;
  return {
    kernel_h: kernel[0],
    kernel_w: kernel[1],
    stride_h: strides[0],
    stride_w: strides[1],
    dilation_h: dilations[0],
    dilation_w: dilations[1],
  };
}

/** The window of a node that is on no volume. Throws PlanError for padding that the passes left implicit. */
export function planarWindow<K extends Windowed>(
  context: LowerContext<K>,
  window: Window,
  kernel: readonly number[],
): PlanarWindow {
  const { node } = context;
  const input = required(context, 0).shape;
  const output = result(context).shape;
  const rank = input.length - 2;
  if (window.padMode !== 'explicit') {
    throw new PlanError(`padding "${window.padMode}" was not made explicit`, { node: node.name, op: node.op });
  }
  const [inH, inW] = planar(input.slice(1, -1), 1);
  const [outH, outW] = planar(output.slice(1, -1), 1);
  const [padTop, padLeft] = planar(window.pads.slice(0, rank), 0);
  return {
    spec: {
      kernel: planar(kernel, 1),
      strides: planar(window.strides, 1),
      dilations: planar(window.dilations, 1),
    },
    batch: at(input, 0),
    params: {
      in_h: inH,
      in_w: inW,
      in_c: at(input, input.length - 1),
      out_h: outH,
      out_w: outW,
      out_c: at(output, output.length - 1),
      pad_top: padTop,
      pad_left: padLeft,
    },
    padEnd: planar(window.pads.slice(rank), 0),
  };
}

/** Output rows at least this wide are made four pixels at a time; narrower ones would waste most of a strip. */
const STRIP_FROM = 3;

/** Output pixels per invocation along a row. */
export function stripPixels(outW: number): 1 | 4 {
  return outW >= STRIP_FROM ? 4 : 1;
}
