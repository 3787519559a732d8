/**
 * What Resize's attributes mean along one axis: which input elements an output element comes from, and in what share.
 *
 * Coordinates are computed in float32, as inference runtimes do: a model's nearest-neighbour ties fall where they fell
 * when it was exported. Both the reference and the kernels take their tables from here, so they cannot disagree.
 */
import type { OpAttributes } from '../ops.ts';

/** One axis of a Resize. `scale` is given as the model gives it, or is output / input where it gives sizes. */
export interface ResizeAxis {
  readonly input: number;
  readonly output: number;
  readonly scale: number;
}

/** Where the elements along an axis come from: `(1 − share)·input[low] + share·input[high]`. Nearest has share 0. */
export interface ResizeTable {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly share: Float32Array;
}

const f = Math.fround;

/** The axis of a Resize that is given a scale: the output extent is floor(input·scale), in float32. */
export function scaledAxis(input: number, scale: number): ResizeAxis {
  return { input, output: Math.floor(f(input * f(scale))), scale: f(scale) };
}

/** The axis of a Resize that is given its output extent. */
export function sizedAxis(input: number, output: number): ResizeAxis {
  return { input, output, scale: f(output / input) };
}

/** The input coordinate of an output element, not yet clamped. */
function coordinate(i: number, { input, output, scale }: ResizeAxis, mode: OpAttributes['Resize']['coordinateMode']) {
  const halfPixel = (offset = 0): number => f(f(offset + f(f(i + 0.5) / scale)) - 0.5);
  switch (mode) {
    case 'half_pixel':
      return halfPixel();
    case 'pytorch_half_pixel':
      return output > 1 ? halfPixel() : 0;
    case 'align_corners':
      return output === 1 ? 0 : f(f(i * (input - 1)) / (output - 1));
    case 'asymmetric':
      return f(i / scale);
    case 'half_pixel_symmetric': {
      // The exact (fractional) output extent, centred on the whole one.
      const adjustment = f(output / f(scale * input));
      return halfPixel(f((input / 2) * f(1 - adjustment)));
    }
  }
}

/** Rounds a coordinate to an element. */
function nearest(x: number, mode: OpAttributes['Resize']['nearestMode']): number {
  switch (mode) {
    case 'round_prefer_floor':
      return Math.ceil(x - 0.5);
    case 'round_prefer_ceil':
      return Math.floor(x + 0.5);
    case 'floor':
      return Math.floor(x);
    case 'ceil':
      return Math.ceil(x);
  }
}

/** The table of one axis. Coordinates outside the input are clamped to its first and last element. */
export function resizeTable(attributes: OpAttributes['Resize'], axis: ResizeAxis): ResizeTable {
  const low = new Int32Array(axis.output);
  const high = new Int32Array(axis.output);
  const share = new Float32Array(axis.output);
  const clamp = (v: number): number => Math.min(axis.input - 1, Math.max(0, v));
  for (let i = 0; i < axis.output; i++) {
    const x = coordinate(i, axis, attributes.coordinateMode);
    if (attributes.mode === 'nearest') {
      const index = clamp(nearest(x, attributes.nearestMode));
      low[i] = index;
      high[i] = index;
    } else {
      const inside = clamp(x);
      const floor = Math.floor(inside);
      low[i] = floor;
      high[i] = clamp(floor + 1);
      share[i] = inside - floor;
    }
  }
  return { low, high, share };
}
