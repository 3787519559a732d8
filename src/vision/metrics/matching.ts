/** Which detections show what there is: the rules of PASCAL VOC and of COCO, for one class in one picture. */
import { InputError } from '../../core/errors.ts';
import type { BoxConvention } from '../decode/boxes.ts';
import {
  boxSimilarity,
  checkPictures,
  placedArea,
  type EvaluatedDetection,
  type GroundTruth,
} from './evaluated-picture.ts';

/** What a detection is worth: right, wrong, or neither, where it shows what nobody is to be judged by. */
export type MatchOutcome = 'right' | 'wrong' | 'ignored';

/** A detection that was judged. */
export interface MatchedDetection {
  readonly score: number;
  readonly outcome: MatchOutcome;
  /** Which of the truths it shows; absent where none. */
  readonly truth?: number;
}

/** How `matchVoc` compares. */
export interface VocMatchOptions {
  /** Lowest overlap of a detection that is right; 0.5 unless given. */
  readonly iou?: number;
  /** `continuous` unless given; `inclusive` is that of the development kit. */
  readonly convention?: BoxConvention;
}

/** How `matchCoco` compares. */
export interface CocoMatchOptions<F extends EvaluatedDetection, T extends GroundTruth> {
  /** Lowest similarity of a detection that is right; 0.5 unless given. */
  readonly iou?: number;
  /** What is smaller or larger, in square pixels, is passed over; both ends belong to it. Everything unless given. */
  readonly area?: readonly [least: number, most: number];
  /** How many of the best are looked at; 100 unless given. */
  readonly max?: number;
  /** What is compared: `boxSimilarity` unless given; IoU of masks, or `objectKeypointSimilarity`, make other tasks of it. */
  readonly similarity?: (found: F, truth: T) => number;
}

/** Highest score first; equal ones keep their order. Scores are no NaN. */
export function byScore<T extends { readonly score: number }>(found: readonly T[]): T[] {
  return [...found].sort((a, b) => (a.score === b.score ? 0 : a.score < b.score ? 1 : -1));
}

/**
 * VOC's rule (Everingham et al. 2010, section 4.2, and its development kit): each detection, best first, is compared with the one
 * truth that it overlaps most. If that is enough, it is right the first time that this truth is shown, and wrong each
 * other time; a difficult truth counts neither way. The truths and detections are of one class in one picture.
 * Throws InputError for boxes that are none, scores that are NaN, and an overlap out of range.
 */
export function matchVoc(
  found: readonly EvaluatedDetection[],
  truths: readonly GroundTruth[],
  { iou = 0.5, convention = 'continuous' }: VocMatchOptions = {},
): MatchedDetection[] {
  checkPictures([{ found, truths }]);
  checkOverlap(iou);
  const shown = new Set<number>();
  return byScore(found).map((detection) => {
    let [truth, best] = [-1, -Infinity];
    for (const [j, { crowd: _, ...own }] of truths.entries()) {
      const overlap = boxSimilarity(detection, own, convention);
      if (overlap > best) [truth, best] = [j, overlap];
    }
    const { score } = detection;
    if (!(best >= iou)) return { score, outcome: 'wrong' };
    if (truths[truth]?.difficult) return { score, outcome: 'ignored', truth };
    const again = shown.has(truth);
    shown.add(truth);
    return again ? { score, outcome: 'wrong' } : { score, outcome: 'right', truth };
  });
}

/**
 * COCO's rule (its evaluation code): each detection, best first, takes the truth that is most like it among those that are still
 * free; a crowd stays free. Crowds, and truths outside the range of areas, are taken only where no other truth fits,
 * and the detection is then ignored; so is one without a truth whose own area is outside the range.
 * The truths and detections are of one class in one picture. Throws InputError for boxes that are none, scores and similarities
 * that are NaN, and options out of range.
 */
export function matchCoco<F extends EvaluatedDetection, T extends GroundTruth>(
  found: readonly F[],
  truths: readonly T[],
  options: CocoMatchOptions<F, T> = {},
): MatchedDetection[] {
  const { iou = 0.5, area = [0, Infinity], max = 100, similarity = boxSimilarity } = options;
  checkPictures([{ found, truths }]);
  checkOverlap(iou);
  if (!(area[0] <= area[1])) throw new InputError(`areas from ${area[0]} to ${area[1]} are no range`);
  if (!(Number.isSafeInteger(max) && max > 0)) throw new InputError(`the number of detections is positive, not ${max}`);
  const within = (size: number): boolean => size >= area[0] && size <= area[1];
  const counted = truths.map((truth) => countsInCoco(truth, area));
  const free = new Set(truths.keys());
  return byScore(found)
    .slice(0, max)
    .map((detection) => {
      const likeness = truths.map((truth, j) => (free.has(j) ? knownNumber(similarity(detection, truth)) : -Infinity));
      const pick = (among: boolean): number => mostLike(likeness, iou, (j) => counted[j] === among);
      const own = pick(true);
      const truth = own >= 0 ? own : pick(false);
      const { score } = detection;
      if (truth < 0) return { score, outcome: within(placedArea(detection)) ? 'wrong' : 'ignored' };
      if (!truths[truth]?.crowd) free.delete(truth);
      return { score, outcome: own >= 0 ? 'right' : 'ignored', truth };
    });
}

/** Throws InputError for an overlap from which on a detection cannot be right. */
export function checkOverlap(iou: number): void {
  if (!(iou > 0 && iou <= 1)) throw new InputError(`an overlap that is enough is above 0 and at most 1, not ${iou}`);
}

/** Whether a truth is one that is to be found: no crowd, and within the range of areas. */
export function countsInCoco(truth: GroundTruth, [least, most]: readonly [number, number]): boolean {
  const size = placedArea(truth);
  return !truth.crowd && size >= least && size <= most;
}

/** The last of the most alike that are alike enough, as COCO's code has it; −1 where there is none. */
function mostLike(likeness: readonly number[], least: number, allowed: (j: number) => boolean): number {
  // A threshold of 1 is met by what is equal but for rounding.
  let [truth, best] = [-1, Math.min(least, 1 - 1e-10)];
  for (const [j, value] of likeness.entries()) if (allowed(j) && value >= best) [truth, best] = [j, value];
  return truth;
}

function knownNumber(similarity: number): number {
  if (!Number.isNaN(similarity)) return similarity;
  throw new InputError('the similarity of a detection and a truth is NaN', {
    hint: 'Leave out truths that nothing can be compared with: empty masks, persons without a labelled point',
  });
}
