/** Average precision of detections, by the three rules that the field has. */
import { InputError } from '../../core/errors.ts';
import { at, range } from '../../util/arrays.ts';
import { byScore, type MatchedDetection } from './matching.ts';

/**
 * How precision is averaged over recall. `voc07`: the mean of the best precision at recalls of at least 0, 0.1, … 1, by which VOC
 * went up to 2009 (Everingham et al. 2010, section 4.2). `voc10`: the area under the curve, made monotone from the right, by which it
 * went from 2010 on (Everingham et al. 2015, section 3.2). `coco`: as `voc07` with recalls of 0, 0.01, … 1.
 */
export type AveragePrecisionRule = 'voc07' | 'voc10' | 'coco';

/** What of a detector is right when its detections from `score` on count. */
export interface DetectionPoint {
  readonly score: number;
  readonly precision: number;
  readonly recall: number;
}

/**
 * Precision and recall after each detection that counts, best first; equal scores keep their order, so the curve depends on
 * it, as that of VOC and COCO does. `truths` is how many there are to be found. Throws InputError for scores that are NaN, a number
 * that is none, and for less of them than detections are right.
 */
export function detectionCurve(matched: readonly MatchedDetection[], truths: number): DetectionPoint[] {
  const right = matched.filter(({ outcome }) => outcome === 'right').length;
  if (!Number.isSafeInteger(truths) || truths < right) {
    throw new InputError(`${right} detections are right, and there are ${truths} truths`);
  }
  if (matched.some(({ score }) => Number.isNaN(score))) throw new InputError('the score of a detection is NaN');
  let [hits, seen] = [0, 0];
  return byScore(matched.filter(({ outcome }) => outcome !== 'ignored')).map(({ score, outcome }) => {
    seen++;
    if (outcome === 'right') hits++;
    return { score, precision: hits / seen, recall: hits / truths };
  });
}

/**
 * Average precision of a curve, recall rising; 0 where nothing was found. Where there is nothing to be found recall is not
 * defined, and neither is its average: whoever has no truths takes NaN, as `evaluateVoc` and `evaluateCoco` do.
 * Throws InputError for a rule that there is not, and recalls that fall or are NaN.
 */
export function detectionAveragePrecision(
  curve: readonly Pick<DetectionPoint, 'precision' | 'recall'>[],
  rule: AveragePrecisionRule,
): number {
  if (!['voc07', 'voc10', 'coco'].includes(rule)) {
    throw new InputError(`the rule is "${String(rule)}": it is voc07, voc10 or coco`);
  }
  const recalls = curve.map(({ recall }) => recall);
  if (recalls.some((recall, i) => !(recall >= (recalls[i - 1] ?? 0)))) {
    throw new InputError('the recalls of a curve rise from 0 to 1, and one of them does not', {
      hint: 'detectionCurve gives such a curve; without a truth there is none',
    });
  }
  const best = envelope(curve.map(({ precision }) => precision));
  if (rule === 'voc10') return recalls.reduce((area, r, i) => area + (r - (recalls[i - 1] ?? 0)) * at(best, i), 0);
  let place = 0;
  const sampled = samplesOf(rule).map((least) => {
    while (place < recalls.length && at(recalls, place) < least) place++;
    return best[place] ?? 0;
  });
  return sampled.reduce((sum, p) => sum + p, 0) / sampled.length;
}

/**
 * Recalls at which precision is looked at. A hundredth is multiplied as in COCO's code: 35 of them are more than 7 of 20 by the
 * last digit.
 */
function samplesOf(rule: Exclude<AveragePrecisionRule, 'voc10'>): number[] {
  return rule === 'voc07' ? range(11).map((i) => i / 10) : range(101).map((i) => i * 0.01);
}

/** The best precision at this recall or a higher one. */
function envelope(precisions: readonly number[]): number[] {
  let best = 0;
  const reversed = [...precisions].reverse().map((p) => (best = Math.max(best, p)));
  return reversed.reverse();
}
