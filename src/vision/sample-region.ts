/** A region of a picture sampled on the host: what the kernel of regions does, pixel by pixel. */
import { toByte } from './byte-table.ts';
import { EXACT_BITS } from './exact-weights.ts';
import type { Preprocessing } from './picture-spec.ts';
import type { Pixels } from './pixels.ts';
import { POSITION_BITS, regionPositions } from './region-positions.ts';
import type { PictureRegion } from './region-spec.ts';
import type { Resampled } from './resample.ts';

/** The input before it is normalised, of whole bytes where it will hold integers. Throws InputError as `regionPositions`. */
export function sampleRegion(pixels: Pixels, spec: Preprocessing, region: PictureRegion): Resampled {
  const { width, height, dtype, padding = [0, 0, 0] } = spec;
  const bytes = dtype !== 'float32';
  const at = regionPositions(region, spec);
  const seen = reader(pixels, region.outside === 'repeat' ? undefined : bytes ? padding.map(toByte) : padding);
  const data = new Float32Array(width * height * 3);
  for (let j = 0, to = 0; j < height; j++) {
    const row = (width + j) * 4;
    for (let i = 0; i < width; i++, to += 3) {
      const [x, right] = position(at, i * 4, row);
      const [y, lower] = position(at, i * 4 + 2, row + 2);
      for (let c = 0; c < 3; c++) {
        const line = (dy: number): number => mixed(bytes, right, (dx) => seen(x + dx, y + dy, c));
        const value = mixed(bytes, lower, line);
        data[to + c] = bytes ? toByte(value) : value;
      }
    }
  }
  return { width, height, data };
}

/** The whole pixel at or before a position, and the fraction behind it. */
function position(at: Int32Array, column: number, row: number): readonly [number, number] {
  const fraction = (at[column + 1] ?? 0) + (at[row + 1] ?? 0);
  const whole = (at[column] ?? 0) + (at[row] ?? 0) + (fraction >> POSITION_BITS);
  return [whole, fraction & (2 ** POSITION_BITS - 1)];
}

/** Between two neighbours. Weights of sums that become bytes have as many bits as those of whole pictures. */
function mixed(bytes: boolean, fraction: number, of: (step: 0 | 1) => number): number {
  const dropped = POSITION_BITS - EXACT_BITS;
  const steps = bytes ? (fraction + 2 ** (dropped - 1)) >> dropped : fraction;
  const weight = steps / 2 ** (bytes ? EXACT_BITS : POSITION_BITS);
  if (weight === 0) return of(0);
  return weight === 1 ? of(1) : (1 - weight) * of(0) + weight * of(1);
}

/** The colours of pixels, and of what is outside: a border, or the nearest pixel. */
function reader(
  { width, height, data }: Pixels,
  border: readonly number[] | undefined,
): (x: number, y: number, c: number) => number {
  return (x, y, c) => {
    if (border && (x < 0 || y < 0 || x >= width || y >= height)) return border[c] ?? 0;
    const column = Math.min(width - 1, Math.max(0, x));
    const row = Math.min(height - 1, Math.max(0, y));
    return data[(row * width + column) * 4 + c] ?? 0;
  };
}
