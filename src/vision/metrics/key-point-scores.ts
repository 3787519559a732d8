/** How near key points are to where they should be: COCO's similarity, and the share of correct ones. */
import { InputError } from '../../core/errors.ts';
import { at, range } from '../../util/arrays.ts';

/** A place in pixels of the picture. */
export interface PointPlace {
  readonly x: number;
  readonly y: number;
}

/** A key point that was marked. */
export interface TruePoint extends PointPlace {
  /** Whether it was marked at all, seen or covered: COCO's v > 0; true unless given. */
  readonly labelled?: boolean;
}

/**
 * How far markers are from each other at each of COCO's 17 points of a body, as a share of its size: nose, eyes, ears, shoulders,
 * elbows, wrists, hips, knees, ankles, each left before right (cocodataset.org/#keypoints-eval).
 */
export const COCO_KEYPOINT_SIGMAS: readonly number[] = [
  0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089, 0.089,
];

/**
 * Object keypoint similarity: the mean over labelled points of exp(−d² / (2·area·(2σ)²)), where the area is that of the true person's
 * mask in square pixels; 1 where all points are in place. NaN where no point is labelled.
 * Throws InputError for lengths that differ, an area or σ that is not positive, and places that are no numbers.
 */
export function objectKeypointSimilarity(
  found: readonly PointPlace[],
  truth: readonly TruePoint[],
  area: number,
  sigmas: readonly number[] = COCO_KEYPOINT_SIGMAS,
): number {
  if (truth.length !== sigmas.length) throw new InputError(`${truth.length} key points have ${sigmas.length} sigmas`);
  if (!(area > 0)) throw new InputError(`the area of a person is positive, not ${area}`);
  const wrong = sigmas.find((sigma) => !(sigma > 0));
  if (wrong !== undefined) throw new InputError(`a sigma is positive, not ${wrong}`);
  const likeness = distances(found, truth).map(({ place, distance }) =>
    Math.exp(-(distance ** 2) / (2 * area * (2 * at(sigmas, place)) ** 2)),
  );
  return likeness.reduce((a, b) => a + b, 0) / likeness.length;
}

/**
 * Percentage of correct key points, as a share from 0 to 1: those of the labelled that are at most `alpha · size` off (Yang and Ramanan 2013).
 * What the size is differs by data set: the longer side of the person's box (PCK), the length of the head (PCKh, Andriluka et
 * al. 2014, with an alpha of 0.5). NaN where no point is labelled. Throws InputError for lengths that differ, a size or alpha
 * that is not positive, and places that are no numbers.
 */
export function correctKeypoints(
  found: readonly PointPlace[],
  truth: readonly TruePoint[],
  size: number,
  alpha = 0.2,
): number {
  if (!(size > 0 && alpha > 0)) throw new InputError(`size and alpha are positive, not ${size} and ${alpha}`);
  const all = distances(found, truth);
  return all.filter(({ distance }) => distance <= alpha * size).length / all.length;
}

/** How far each labelled point is off. */
function distances(
  found: readonly PointPlace[],
  truth: readonly TruePoint[],
): { readonly place: number; readonly distance: number }[] {
  if (found.length !== truth.length) {
    throw new InputError(`${found.length} key points were found, and ${truth.length} marked`);
  }
  const labelled = range(truth.length).filter((place) => at(truth, place).labelled ?? true);
  return labelled.map((place) => {
    const [own, marked] = [at(found, place), at(truth, place)];
    const distance = Math.hypot(own.x - marked.x, own.y - marked.y);
    if (!Number.isFinite(distance)) throw new InputError(`key point ${place} has no place: ${own.x}, ${own.y}`);
    return { place, distance };
  });
}
