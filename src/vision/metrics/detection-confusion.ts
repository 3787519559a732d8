/** Which classes a detector takes for which, and what it misses or makes up. */
import { InputError } from '../../core/errors.ts';
import { requireOptions } from '../../core/option-errors.ts';
import { at } from '../../util/arrays.ts';
import { emptyConfusion, type ConfusionMatrix } from './confusion.ts';
import { boxSimilarity, checkPictures, classesOf, type EvaluatedPicture } from './evaluated-picture.ts';
import { checkOverlap } from './matching.ts';

/** Options of `detectionConfusion`. */
export interface DetectionConfusionOptions {
  /** Number of classes. */
  readonly classes: number;
  /** Lowest score of a detection that counts; 0.3 unless given, as tasks have it. */
  readonly threshold?: number;
  /** Lowest overlap of a detection and what it shows; 0.5 unless given. */
  readonly iou?: number;
}

/**
 * A confusion matrix with one class more than there are, the background, last: its column counts what was missed, its row
 * what was found where nothing is. Detections and truths of whatever class are paired by their overlap, the largest first,
 * each at most once, so a second detection of a thing is found in the background.
 * Throws InputError for boxes that are none, scores that are NaN, classes beyond their number, and options out of range.
 */
export function detectionConfusion(
  pictures: readonly EvaluatedPicture[],
  options: DetectionConfusionOptions,
): ConfusionMatrix {
  const {
    classes,
    threshold = 0.3,
    iou = 0.5,
  } = requireOptions<DetectionConfusionOptions>('detectionConfusion', options, {
    classes: 'count',
    threshold: 'number',
    iou: 'number',
  });
  checkOverlap(iou);
  const matrix = emptyConfusion(classes + 1);
  checkPictures(pictures);
  const beyond = classesOf(pictures).find((index) => index >= classes);
  if (beyond !== undefined) throw new InputError(`${beyond} is none of the classes 0 to ${classes - 1}`);
  const count = (truth: number, found: number): void => {
    const cell = truth * matrix.size + found;
    matrix.counts[cell] = at(matrix.counts, cell) + 1;
  };
  for (const { found, truths } of pictures) {
    const seen = found.filter(({ score }) => score >= threshold);
    const pairs = pairsOf({ found: seen, truths }, iou);
    for (const [i, box] of seen.entries()) {
      const truth = pairs.get(i);
      count(truth === undefined ? classes : at(truths, truth).index, box.index);
    }
    const shown = new Set(pairs.values());
    for (const [j, truth] of truths.entries()) if (!shown.has(j)) count(truth.index, classes);
  }
  return matrix;
}

/** Detections with the truths they are paired with, both by their place. */
function pairsOf({ found, truths }: EvaluatedPicture, least: number): Map<number, number> {
  const all = found.flatMap((box, i) =>
    truths.map((truth, j) => ({ i, j, overlap: boxSimilarity(box, { ...truth, crowd: false }) })),
  );
  const near = all.filter(({ overlap }) => overlap >= least).sort((a, b) => b.overlap - a.overlap);
  const pairs = new Map<number, number>();
  const shown = new Set<number>();
  for (const { i, j } of near) {
    if (pairs.has(i) || shown.has(j)) continue;
    pairs.set(i, j);
    shown.add(j);
  }
  return pairs;
}
