/** What MTCNN (Zhang et al., arXiv:1604.02878) makes of its networks' numbers: a pyramid, candidates, boxes nearer to faces. */
import type { Tensor } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';
import type { PictureSize } from '../picture-spec.ts';
import { boxArea, intersectionOverUnion, sharedArea, type Box } from './boxes.ts';

/** Pixels of a level that the first network looks at, and by which it moves on. */
const CELL = 12;
const STRIDE = 2;

/** From one level of the pyramid to the next: half of the area. */
const SHRINK = 0.709;

/** Pixels that the longer side of a level has at most: of larger pictures the smallest faces are larger, too. */
export const LARGEST_LEVEL = 1920;

/** A box that may hold a face. */
export interface FaceCandidate extends Box {
  readonly score: number;
  /** How far the sides of the face lie from the box's, in its extents. */
  readonly offsets: readonly number[];
}

/**
 * The sizes to which a picture is scaled, largest first: faces of `minSize` pixels are 12 in the first, if it is not too large, and
 * the shorter side is 12 at least in the last. Empty where the picture is smaller than such a face.
 */
export function pyramidLevels({ width, height }: PictureSize, minSize: number): PictureSize[] {
  const levels: PictureSize[] = [];
  const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
  for (let scale = CELL / minSize; shorter * scale >= CELL; scale *= SHRINK) {
    if (longer * scale <= LARGEST_LEVEL)
      levels.push({ width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
  }
  return levels;
}

/**
 * The cells of a level that score no less than `least`, as boxes of the picture: from `scores` `[1, 2, h, w]`, of background and face,
 * and `offsets` `[1, 4, h, w]`.
 */
export function cellCandidates(
  { scores, offsets }: { readonly scores: Tensor; readonly offsets: Tensor },
  level: PictureSize,
  picture: PictureSize,
  least: number,
): FaceCandidate[] {
  const columns = at(scores.shape, 3);
  const cells = at(scores.shape, 2) * columns;
  const [across, down] = [picture.width / level.width, picture.height / level.height];
  const found: FaceCandidate[] = [];
  for (let cell = 0; cell < cells; cell++) {
    const score = at(scores.data, cells + cell);
    if (!(score >= least)) continue;
    const [x, y] = [STRIDE * (cell % columns), STRIDE * Math.floor(cell / columns)];
    const box = { x1: x * across, y1: y * down, x2: (x + CELL) * across, y2: (y + CELL) * down };
    found.push({ ...box, score, offsets: range(4).map((side) => at(offsets.data, side * cells + cell)) });
  }
  return found;
}

/** The box with its sides where the offsets say they are. */
export function regressed<B extends FaceCandidate>(box: B): B {
  const { x1, y1, x2, y2, offsets } = box;
  const [width, height] = [x2 - x1, y2 - y1];
  const moved = (side: number, extent: number): number => (offsets[side] ?? NaN) * extent;
  return {
    ...box,
    x1: x1 + moved(0, width),
    y1: y1 + moved(1, height),
    x2: x2 + moved(2, width),
    y2: y2 + moved(3, height),
  };
}

/** The square about the middle of the box that holds it. */
export function squared<B extends Box>(box: B): B {
  const { x1, y1, x2, y2 } = box;
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const half = Math.max(x2 - x1, y2 - y1) / 2;
  return { ...box, x1: x - half, y1: y - half, x2: x + half, y2: y + half };
}

/** The share that two boxes have in each other: of both together, or of the smaller one. */
export type BoxShare = 'union' | 'smaller';

/** The best boxes, best first, without those that share more than `overlap` with a better one. */
export function bestApart<B extends Box & { readonly score: number }>(
  boxes: readonly B[],
  overlap: number,
  share: BoxShare = 'union',
): B[] {
  const shareOf = share === 'union' ? intersectionOverUnion : shareOfSmaller;
  const kept: B[] = [];
  for (const box of boxes.toSorted((a, b) => b.score - a.score))
    if (kept.every((better) => shareOf(better, box) <= overlap)) kept.push(box);
  return kept;
}

function shareOfSmaller(a: Box, b: Box): number {
  const shared = sharedArea(a, b);
  return shared > 0 ? shared / Math.min(boxArea(a), boxArea(b)) : 0;
}

/** True of boxes that can be looked at: finite, and with an extent. */
export function isSeen({ x1, y1, x2, y2 }: Box): boolean {
  return Number.isFinite(x2 - x1) && Number.isFinite(y2 - y1) && x2 > x1 && y2 > y1;
}
