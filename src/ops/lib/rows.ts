/** The inner loop of every product reference: float64 accumulation of scaled rows, fast enough for whole networks. */
import type { Tensor } from '../../core/tensor.ts';

/** Elements in an array V8 reads without conversions: floats as they are, integers widened. */
export type Reals = Float32Array | Float64Array;

/** The elements of a tensor as real numbers. */
export function reals({ data }: Tensor): Reals {
  return data instanceof Float32Array ? data : new Float64Array(data);
}

/** What `rowAccumulator` works on: `acc[j] += x[i]·w[i][j]`, rows of `w` `rowStride` apart, `x` elements `step` apart. */
export interface RowSpec {
  readonly acc: Float64Array;
  readonly x: Reals;
  readonly w: Reals;
  readonly rowStride: number;
  readonly width: number;
  readonly step?: number;
}

/**
 * A function that adds `depth` scaled rows of `w`, from element `wAt` on, to `acc` from `accAt` on; `xAt` is where the
 * scales start. Four rows at a time, so that the accumulator is loaded and stored a quarter as often.
 */
export function rowAccumulator(spec: RowSpec): (xAt: number, wAt: number, accAt: number, depth: number) => void {
  const { acc, x, w, rowStride, width, step = 1 } = spec;
  return (xAt, wAt, accAt, depth) => {
    let i = 0;
    for (; i + 4 <= depth; i += 4) {
      const at = xAt + i * step;
      const x0 = x[at] ?? 0;
      const x1 = x[at + step] ?? 0;
      const x2 = x[at + 2 * step] ?? 0;
      const x3 = x[at + 3 * step] ?? 0;
      const r0 = wAt + i * rowStride;
      const r1 = r0 + rowStride;
      const r2 = r1 + rowStride;
      const r3 = r2 + rowStride;
      for (let j = 0; j < width; j++) {
        const sum = x0 * (w[r0 + j] ?? 0) + x1 * (w[r1 + j] ?? 0) + x2 * (w[r2 + j] ?? 0) + x3 * (w[r3 + j] ?? 0);
        acc[accAt + j] = (acc[accAt + j] ?? 0) + sum;
      }
    }
    for (; i < depth; i++) {
      const xi = x[xAt + i * step] ?? 0;
      const row = wAt + i * rowStride;
      for (let j = 0; j < width; j++) acc[accAt + j] = (acc[accAt + j] ?? 0) + xi * (w[row + j] ?? 0);
    }
  };
}
