/** Pictures enlarged by a whole number, by cubic convolution (Keys, 1981), a row at a time. */
import { at, range } from '../util/arrays.ts';
import type { Pixels } from './pixels.ts';

/** Pixels that count for one. */
const TAPS = 4;

/** Channels of a pixel. */
const CHANNELS = 4;

/** The curve of a = −1/2, which goes through the pixels and is exact for parabolas. */
function weight(distance: number): number {
  const d = Math.abs(distance);
  if (d >= 2) return 0;
  return d < 1 ? (1.5 * d - 2.5) * d * d + 1 : ((-0.5 * d + 2.5) * d - 4) * d + 2;
}

/** Which pixels each of an enlarged extent is made of, and by what weights; pixels beyond the ends repeat the last. */
interface CubicTaps {
  readonly sources: Int32Array;
  readonly weights: Float64Array;
}

function tapsOf(extent: number, factor: number, shift: number): CubicTaps {
  const count = extent * factor;
  const taps = { sources: new Int32Array(TAPS * count), weights: new Float64Array(TAPS * count) };
  for (let i = 0; i < count; i++) {
    const place = (i + 0.5 + shift) / factor - 0.5;
    const first = Math.floor(place) - 1;
    for (let t = 0; t < TAPS; t++) {
      taps.sources[TAPS * i + t] = Math.min(extent - 1, Math.max(0, first + t));
      taps.weights[TAPS * i + t] = weight(place - first - t);
    }
  }
  return taps;
}

/**
 * Gives pixels `first` to `end` (which is left out) of any row of a picture enlarged `factor` times, four numbers each, 0 to 255 and by
 * a little beyond; `shift` pixels of the result further to the right and down than the halves of pixels say.
 */
export function cubicRows(picture: Pixels, factor: number, shift = 0): CubicRows {
  const { width, height, data } = picture;
  const [columns, rows] = [tapsOf(width, factor, shift), tapsOf(height, factor, shift)];
  const line = width * CHANNELS;
  return (row, first, end) => {
    const mixed = new Float64Array(line);
    const [from, to] = [at(columns.sources, TAPS * first), at(columns.sources, TAPS * end - 1) + 1];
    for (const t of range(TAPS)) {
      const [start, share] = [at(rows.sources, TAPS * row + t) * line, at(rows.weights, TAPS * row + t)];
      for (let c = from * CHANNELS; c < to * CHANNELS; c++) mixed[c] = (mixed[c] ?? 0) + share * (data[start + c] ?? 0);
    }
    return spread(mixed, columns, first, end);
  };
}

/** See `cubicRows`. */
export type CubicRows = (row: number, first: number, end: number) => Float32Array;

/** A part of a row enlarged along itself. */
function spread(row: Float64Array, { sources, weights }: CubicTaps, first: number, end: number): Float32Array {
  const result = new Float32Array((end - first) * CHANNELS);
  for (let i = 0; i < result.length; i++) {
    const [pixel, channel] = [(first + Math.floor(i / CHANNELS)) * TAPS, i % CHANNELS];
    let sum = 0;
    for (let t = pixel; t < pixel + TAPS; t++) {
      sum += (weights[t] ?? 0) * (row[(sources[t] ?? 0) * CHANNELS + channel] ?? 0);
    }
    result[i] = sum;
  }
  return result;
}
