/** Class maps by formulas of their own: scores interpolated bilinearly, with half-pixel centres, and the best class. */
import type { Tensor } from '../../src/core/tensor.ts';

/** The scores `[classes]` at a pixel. */
export type ScoresAt = (x: number, y: number) => readonly number[];

/** Scores `[1, h, w, C]`, or `[1, C, h, w]` where `first` says so, at the pixels of a map of other extents. */
export function resizedScores({ shape, data }: Tensor, width: number, height: number, first = false): ScoresAt {
  const [, a = 0, b = 0, c = 0] = shape;
  const [rows, columns, channels] = first ? [b, c, a] : [a, b, c];
  const score = (x: number, y: number, k: number): number =>
    Number(data[first ? (k * rows + y) * columns + x : (y * columns + x) * channels + k]);
  return (x, y) => {
    const [left, right, across] = between(x, columns, width);
    const [top, bottom, down] = between(y, rows, height);
    return Array.from({ length: channels }, (_, k) => {
      const above = score(left, top, k) * (1 - across) + score(right, top, k) * across;
      return above * (1 - down) + (score(left, bottom, k) * (1 - across) + score(right, bottom, k) * across) * down;
    });
  };
}

/** Between which two cells a pixel is, and how far: beyond the middles of the outermost, these. */
function between(i: number, from: number, to: number): readonly [number, number, number] {
  const there = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
  const low = Math.floor(there);
  return [low, Math.min(from - 1, low + 1), there - low];
}

/** The best class of a pixel, the first of equal ones, and the scores it was chosen by. */
export function bestClass(at: ScoresAt, x: number, y: number): { index: number; scores: readonly number[] } {
  const scores = at(x, y);
  return { index: scores.indexOf(Math.max(...scores)), scores };
}
