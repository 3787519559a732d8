/** Separable picture resampling on the host: the weights of each axis applied along rows and then along columns. */
import { axisWeights, roundsAsPillow, type AxisWeights, type ScaledAxis, type Resampling } from './axis-weights.ts';
import { toByte } from './byte-table.ts';
import { exactWeights } from './exact-weights.ts';
import type { PicturePart } from './picture-spec.ts';
import type { Pixels } from './pixels.ts';

/** RGB planes interleaved, three numbers a pixel, 0 to 255. */
export interface Resampled {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Resamples the colour channels, to whole `bytes` if asked to; alpha is ignored. */
export function resample(
  pixels: Pixels,
  { columns: x, rows: y }: Pick<PicturePart, 'columns' | 'rows'>,
  how: Resampling,
  bytes: boolean,
): Resampled {
  const weights = bytes ? exactWeights : axisWeights;
  const [columns, rows] = [weights(x, how), weights(y, how)];
  const eachAxis = roundsAsPillow(how);
  const narrowed = alongRows(pixels, columns, x.size, usedRows(rows, y), eachAxis);
  return { width: x.size, height: y.size, data: alongColumns(narrowed, rows, x.size, y.size, eachAxis || bytes) };
}

/** Source rows that any target row reads: the others need no horizontal pass. */
function usedRows({ first, weights, taps }: AxisWeights, { source }: ScaledAxis): { from: number; to: number } {
  let from = source;
  let to = 0;
  first.forEach((start, i) => {
    from = Math.min(from, start);
    for (let t = 0; t < taps; t++) if ((weights[i * taps + t] ?? 0) !== 0) to = Math.max(to, start + t + 1);
  });
  return { from, to };
}

interface Narrowed {
  readonly data: Float32Array;
  /** Source row of the first row in `data`. */
  readonly from: number;
}

function alongRows(
  { width, data }: Pixels,
  { first, weights, taps }: AxisWeights,
  size: number,
  { from, to }: { from: number; to: number },
  round: boolean,
): Narrowed {
  const out = new Float32Array((to - from) * size * 3);
  let o = 0;
  for (let row = from; row < to; row++) {
    for (let i = 0; i < size; i++) {
      let [r, g, b] = [0, 0, 0];
      for (let t = 0; t < taps; t++) {
        const w = weights[i * taps + t] ?? 0;
        if (w === 0) continue;
        const p = (row * width + (first[i] ?? 0) + t) * 4;
        r += w * (data[p] ?? 0);
        g += w * (data[p + 1] ?? 0);
        b += w * (data[p + 2] ?? 0);
      }
      out[o++] = round ? toByte(r) : r;
      out[o++] = round ? toByte(g) : g;
      out[o++] = round ? toByte(b) : b;
    }
  }
  return { data: out, from };
}

function alongColumns(
  { data, from }: Narrowed,
  { first, weights, taps }: AxisWeights,
  width: number,
  height: number,
  round: boolean,
): Float32Array {
  const line = width * 3;
  const out = new Float32Array(height * line);
  const sums = new Float64Array(line);
  for (let i = 0; i < height; i++) {
    sums.fill(0);
    for (let t = 0; t < taps; t++) {
      const w = weights[i * taps + t] ?? 0;
      if (w === 0) continue;
      const p = ((first[i] ?? 0) + t - from) * line;
      for (let c = 0; c < line; c++) sums[c] = (sums[c] ?? 0) + w * (data[p + c] ?? 0);
    }
    for (let c = 0; c < line; c++) out[i * line + c] = round ? toByte(sums[c] ?? 0) : (sums[c] ?? 0);
  }
  return out;
}
