/** Evaluation of detectors as COCO has it: average precision and recall over ten overlaps, by sizes and numbers of detections. */
import { requireOptions } from '../../core/option-errors.ts';
import { range } from '../../util/arrays.ts';
import { detectionAveragePrecision, detectionCurve } from './average-precision.ts';
import { definedMean } from './confusion.ts';
import { ofClass } from './evaluate-voc.ts';
import {
  boxSimilarity,
  checkPictures,
  classesOf,
  type EvaluatedDetection,
  type EvaluatedPicture,
  type GroundTruth,
} from './evaluated-picture.ts';
import { countsInCoco, matchCoco } from './matching.ts';

/** Options of `evaluateCoco`. */
export interface CocoOptions<F extends EvaluatedDetection = EvaluatedDetection, T extends GroundTruth = GroundTruth> {
  /** Detections of a class and a picture that count at most; 100 unless given. */
  readonly max?: number;
  /**
   * How alike a detection and a truth are, 0 to 1: overlap of the boxes unless given. With `maskIntersectionOverUnion` (for crowds
   * `maskIntersectionOverFirst`) it is COCO's evaluation of masks, with `objectKeypointSimilarity` that of key points.
   */
  readonly similarity?: (found: F, truth: T) => number;
}

/** What `evaluateCoco` says; NaN where there is nothing of the size to be found. All are means over classes. */
export interface CocoEvaluation {
  /** Mean over overlaps of 0.50, 0.55, … 0.95: what COCO calls AP. */
  readonly ap: number;
  /** At an overlap of 0.50 and of 0.75. */
  readonly ap50: number;
  readonly ap75: number;
  /** Of areas up to 32², from there up to 96², and larger. */
  readonly apSmall: number;
  readonly apMedium: number;
  readonly apLarge: number;
  /** Highest recall with 1 and 10 detections of a class and a picture, and with `max`; mean over overlaps. */
  readonly ar1: number;
  readonly ar10: number;
  readonly ar: number;
  readonly arSmall: number;
  readonly arMedium: number;
  readonly arLarge: number;
  /** AP of each class that was found or marked. */
  readonly classes: readonly { readonly index: number; readonly ap: number }[];
}

/** COCO's sizes in square pixels. Its end is a number, and both ends belong to a size. */
const AREAS = {
  all: [0, 1e10],
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, 1e10],
} as const;

/** Average precision and highest recall of one class at each overlap. */
interface ClassRow {
  readonly precision: readonly number[];
  readonly recall: readonly number[];
}

/**
 * COCO's twelve numbers (Lin et al., "Microsoft COCO", arXiv:1405.0312, and cocodataset.org/#detection-eval), with its crowds and
 * its rule of who is matched. A class without a truth of the size is NaN, where COCO's code says −1, and left out of means.
 * Throws InputError for boxes that are none, scores and similarities that are NaN, and options out of range.
 */
export function evaluateCoco<F extends EvaluatedDetection, T extends GroundTruth>(
  pictures: readonly EvaluatedPicture<F, T>[],
  options: CocoOptions<F, T> = {},
): CocoEvaluation {
  const { max = 100, similarity = boxSimilarity } = requireOptions<CocoOptions<F, T>>('evaluateCoco', options, {
    max: 'count',
    similarity: 'function',
  });
  checkPictures(pictures);
  const classes = classesOf(pictures);
  const all = classes.map((index) => ofClass(pictures, index));
  const once = remembered(similarity);
  const rowsOf = (size: keyof typeof AREAS, most: number): readonly ClassRow[] =>
    all.map((own) => {
      const rows = cocoOverlaps().map((iou) => atOverlap(own, { iou, area: AREAS[size], max: most, similarity: once }));
      return { precision: rows.map((r) => r.precision), recall: rows.map((r) => r.recall) };
    });
  const rows = rowsOf('all', max);
  const sizes = { small: rowsOf('small', max), medium: rowsOf('medium', max), large: rowsOf('large', max) };
  const at = (place: number): number => definedMean(rows.map(({ precision }) => precision[place] ?? NaN));
  return {
    ap: meanOf(rows, 'precision'),
    ap50: at(0),
    ap75: at(5),
    apSmall: meanOf(sizes.small, 'precision'),
    apMedium: meanOf(sizes.medium, 'precision'),
    apLarge: meanOf(sizes.large, 'precision'),
    ar1: meanOf(rowsOf('all', Math.min(1, max)), 'recall'),
    ar10: meanOf(rowsOf('all', Math.min(10, max)), 'recall'),
    ar: meanOf(rows, 'recall'),
    arSmall: meanOf(sizes.small, 'recall'),
    arMedium: meanOf(sizes.medium, 'recall'),
    arLarge: meanOf(sizes.large, 'recall'),
    classes: rows.map(({ precision }, i) => ({ index: classes[i] ?? NaN, ap: definedMean(precision) })),
  };
}

function meanOf(rows: readonly ClassRow[], what: keyof ClassRow): number {
  return definedMean(rows.flatMap((row) => row[what]));
}

function atOverlap<F extends EvaluatedDetection, T extends GroundTruth>(
  pictures: readonly EvaluatedPicture<F, T>[],
  options: Parameters<typeof matchCoco<F, T>>[2] & { readonly area: readonly [number, number] },
): { readonly precision: number; readonly recall: number } {
  const truths = pictures.flatMap((picture) => picture.truths.filter((t) => countsInCoco(t, options.area))).length;
  if (truths === 0) return { precision: NaN, recall: NaN };
  const matched = pictures.flatMap(({ found, truths: marked }) => matchCoco(found, marked, options));
  const curve = detectionCurve(matched, truths);
  return { precision: detectionAveragePrecision(curve, 'coco'), recall: curve.at(-1)?.recall ?? 0 };
}

/** Masks are compared once for all overlaps and sizes. */
function remembered<F extends object, T extends object>(compare: (found: F, truth: T) => number): typeof compare {
  const known = new WeakMap<F, WeakMap<T, number>>();
  return (found, truth) => {
    const row = known.get(found) ?? new WeakMap<T, number>();
    known.set(found, row);
    const value = row.get(truth) ?? compare(found, truth);
    row.set(truth, value);
    return value;
  };
}

/** 0.50 to 0.95, as numpy's linspace has them. */
function cocoOverlaps(): number[] {
  return range(10).map((i) => (i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9)));
}
