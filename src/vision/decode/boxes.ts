/** Boxes: overlap, and the suppression of those that show the same thing. */
import { InputError } from '../../core/errors.ts';

/** Corners, x to the right and y down; x1 ≤ x2 and y1 ≤ y2. */
export interface Box {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** A box that a detector found: class index and score. */
export interface ScoredBox extends Box {
  readonly index: number;
  readonly score: number;
}

/** How `nonMaxSuppression` chooses. */
export interface SuppressionOptions {
  /** Boxes of one class that overlap more than this, as intersection over union, show one thing; 0 to 1. */
  readonly iou: number;
  /** How many are kept at most. */
  readonly max: number;
}

/**
 * What corners mean: `continuous`, places on a plane, an extent is x2 − x1; `inclusive`, indices of the first and last pixel,
 * as PASCAL VOC has them, an extent is x2 − x1 + 1.
 */
export type BoxConvention = 'continuous' | 'inclusive';

/** Area of the intersection over that of the union; 0 for boxes without an area. Throws InputError for a convention there is not. */
export function intersectionOverUnion(a: Box, b: Box, convention: BoxConvention = 'continuous'): number {
  const shared = sharedArea(a, b, convention);
  return shared > 0 ? shared / (boxArea(a, convention) + boxArea(b, convention) - shared) : 0;
}

/** The area that two boxes share; 0 where they touch at most. */
export function sharedArea(a: Box, b: Box, convention: BoxConvention = 'continuous'): number {
  const more = borderOf(convention);
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1) + more;
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1) + more;
  return width > 0 && height > 0 ? width * height : 0;
}

/** Area of a box; 0 for one whose corners are the wrong way round. */
export function boxArea({ x1, y1, x2, y2 }: Box, convention: BoxConvention = 'continuous'): number {
  const more = borderOf(convention);
  return Math.max(0, x2 - x1 + more) * Math.max(0, y2 - y1 + more);
}

/** What an extent has beside the difference of its ends. */
function borderOf(convention: BoxConvention): number {
  if (convention === 'continuous') return 0;
  if (convention === 'inclusive') return 1;
  throw new InputError(`boxes are "continuous" or "inclusive", not "${String(convention)}"`);
}

/**
 * Greedy suppression within each class: the best box stays, those that overlap it go, and so on. Best first; equal scores
 * keep their order, and boxes whose score is NaN are left out. Throws InputError for options out of range.
 */
export function nonMaxSuppression(boxes: readonly ScoredBox[], { iou, max }: SuppressionOptions): ScoredBox[] {
  if (!(iou >= 0 && iou <= 1)) throw new InputError(`the overlap of boxes to suppress is between 0 and 1, not ${iou}`);
  if (!Number.isSafeInteger(max) || max < 1) throw new InputError(`the number of boxes must be positive, not ${max}`);
  const kept: ScoredBox[] = [];
  const scored = boxes.filter(({ score }) => !Number.isNaN(score));
  for (const box of scored.sort((a, b) => b.score - a.score)) {
    if (kept.length === max) break;
    if (kept.every((k) => k.index !== box.index || intersectionOverUnion(k, box) <= iou)) kept.push(box);
  }
  return kept;
}
