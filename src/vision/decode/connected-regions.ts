/** Pixels of a map that are high enough and touch each other, at a side or a corner. */
import { at } from '../../util/arrays.ts';
import type { PictureSize } from '../picture-spec.ts';

/** Numbers by rows. */
export interface ScoreMap extends PictureSize {
  readonly data: ArrayLike<number> & Iterable<number>;
}

/** A region by its rows, which all have a pixel. */
export interface ConnectedRegion {
  /** Its first row. */
  readonly top: number;
  /** The first and the last column of each of its rows. */
  readonly firsts: readonly number[];
  readonly lasts: readonly number[];
}

/** The regions of pixels above the threshold, in the order of their first pixels, row by row. */
export function* connectedRegions({ width, height, data }: ScoreMap, threshold: number): Generator<ConnectedRegion> {
  const open = Uint8Array.from(data, (value) => Number(value > threshold));
  for (let start = 0; start < width * height; start++) {
    if (open[start] === 1) yield regionAt(start, open, { width, height });
  }
}

/** The region of a pixel, which is the first of its region; all of it is closed. */
function regionAt(start: number, open: Uint8Array, { width, height }: PictureSize): ConnectedRegion {
  const top = Math.floor(start / width);
  const [firsts, lasts]: [number[], number[]] = [[], []];
  const waiting = [start];
  open[start] = 0;
  for (let pixel = waiting.pop(); pixel !== undefined; pixel = waiting.pop()) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    firsts[y - top] = Math.min(firsts[y - top] ?? x, x);
    lasts[y - top] = Math.max(lasts[y - top] ?? x, x);
    for (let row = Math.max(top, y - 1); row <= Math.min(height - 1, y + 1); row++) {
      for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
        const next = row * width + column;
        if (at(open, next) === 0) continue;
        open[next] = 0;
        waiting.push(next);
      }
    }
  }
  return { top, firsts, lasts };
}
