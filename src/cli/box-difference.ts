/** How two lists of boxes of one picture differ, as two backends give them. */
import type { Box } from '../vision/decode/boxes.ts';
import type { Detection } from '../vision/decode/detections.ts';
import { boxCorners, boxOverlap } from '../vision/regions.ts';

/** Largest differences. */
export interface BoxDifference {
  readonly score: number;
  /** Of any edge, in pixels of the picture. */
  readonly pixels: number;
}

/** Boxes of one class that overlap so much are one. */
const SAME = 0.9;

/**
 * Pairs boxes of one class that lie in the same place. Lists of one length were cut there: a box that the other one lacks may
 * have been just below its last, so it differs by what lies between the two scores. Otherwise it differs by all its score.
 */
export function boxDifference(a: readonly Detection[], b: readonly Detection[]): BoxDifference {
  const left = new Set(b);
  const cut = a.length === b.length;
  const [lowestA, lowestB] = [a, b].map((list) => (cut ? Math.min(...list.map((box) => box.score)) : 0));
  let score = 0;
  let pixels = 0;
  for (const one of a) {
    const other = counterpart(one, left);
    if (other === undefined) {
      score = Math.max(score, one.score - (lowestB ?? 0));
      continue;
    }
    left.delete(other);
    score = Math.max(score, Math.abs(one.score - other.score));
    pixels = Math.max(pixels, edgeDifference(boxCorners(one), boxCorners(other)));
  }
  for (const other of left) score = Math.max(score, other.score - (lowestA ?? 0));
  return { score, pixels };
}

function counterpart(one: Detection, among: Iterable<Detection>): Detection | undefined {
  let best: Detection | undefined;
  let most = SAME;
  for (const other of among) {
    const overlap = other.index === one.index ? boxOverlap(one, other) : 0;
    if (overlap > most) [best, most] = [other, overlap];
  }
  return best;
}

function edgeDifference(a: Box, b: Box): number {
  return Math.max(Math.abs(a.x1 - b.x1), Math.abs(a.y1 - b.y1), Math.abs(a.x2 - b.x2), Math.abs(a.y2 - b.y2));
}
