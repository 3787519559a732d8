/** Evaluation of detectors as PASCAL VOC has it: average precision of each class at one overlap, and its mean. */
import { requireOptions } from '../../core/option-errors.ts';
import { detectionAveragePrecision, detectionCurve, type DetectionPoint } from './average-precision.ts';
import { definedMean } from './confusion.ts';
import {
  checkPictures,
  classesOf,
  type EvaluatedDetection,
  type EvaluatedPicture,
  type GroundTruth,
} from './evaluated-picture.ts';
import { checkOverlap, matchVoc } from './matching.ts';

/** Options of `evaluateVoc`. */
export interface VocOptions {
  /** `voc10`, the area under the curve, unless given; `voc07` has eleven points. */
  readonly rule?: 'voc07' | 'voc10';
  /** Lowest overlap of a detection that is right, 0 to 1; 0.5 unless given. */
  readonly iou?: number;
  /**
   * What boxes mean: `continuous` unless given. `inclusive` is that of VOC's own files, whose corners are the first and last
   * pixel: x is then xmin and width xmax − xmin.
   */
  readonly convention?: 'continuous' | 'inclusive';
}

/** What is said of one class. */
export interface ClassPrecision {
  readonly index: number;
  /** How many are to be found: those that are not difficult. */
  readonly truths: number;
  readonly averagePrecision: number;
  readonly curve: readonly DetectionPoint[];
}

/** What `evaluateVoc` says. */
export interface VocEvaluation {
  /** mAP: the mean of the classes of which there is something to be found; NaN where there is none. */
  readonly meanAveragePrecision: number;
  /** Every class that was found or marked, in order. */
  readonly classes: readonly ClassPrecision[];
}

/**
 * Average precision by the rules of VOC (Everingham et al. 2010 and 2015). The average precision of a class of which there is
 * nothing to be found is NaN, and the mean leaves it out, whatever was found of it. Detections of all pictures are ranked
 * together; equal scores keep the order of the pictures.
 * Throws InputError for boxes that are none, scores that are NaN, and options out of range.
 */
export function evaluateVoc(pictures: readonly EvaluatedPicture[], options: VocOptions = {}): VocEvaluation {
  const {
    rule = 'voc10',
    iou = 0.5,
    convention = 'continuous',
  } = requireOptions<VocOptions>('evaluateVoc', options, {
    rule: ['voc07', 'voc10'],
    iou: 'number',
    convention: ['continuous', 'inclusive'],
  });
  checkOverlap(iou);
  checkPictures(pictures);
  const classes = classesOf(pictures).map((index): ClassPrecision => {
    const own = ofClass(pictures, index);
    const truths = own.flatMap((picture) => picture.truths.filter(({ difficult }) => !difficult)).length;
    const matched = own.flatMap(({ found, truths: marked }) => matchVoc(found, marked, { iou, convention }));
    const curve = truths > 0 ? detectionCurve(matched, truths) : [];
    const averagePrecision = truths > 0 ? detectionAveragePrecision(curve, rule) : NaN;
    return { index, truths, averagePrecision, curve };
  });
  return { meanAveragePrecision: definedMean(classes.map((c) => c.averagePrecision)), classes };
}

/** What pictures have of one class: those that have some, in order. */
export function ofClass<F extends EvaluatedDetection, T extends GroundTruth>(
  pictures: readonly EvaluatedPicture<F, T>[],
  index: number,
): EvaluatedPicture<F, T>[] {
  const parts = pictures.map(({ found, truths }) => ({
    found: found.filter((box) => box.index === index),
    truths: truths.filter((box) => box.index === index),
  }));
  return parts.filter(({ found, truths }) => found.length + truths.length > 0);
}
