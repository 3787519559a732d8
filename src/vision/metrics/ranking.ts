/** Curves of a score that tells two classes apart, and what is said of classifiers with many: top-k accuracy, log loss. */
import { InputError } from '../../core/errors.ts';
import { at, range } from '../../util/arrays.ts';

/** Scores, one each, and whether each is of the positive class: true or 1, false or 0. */
export interface ScoredLabels {
  readonly scores: ArrayLike<number>;
  readonly labels: ArrayLike<number | boolean>;
}

/** What is called positive when scores from `threshold` on are. */
export interface RocPoint {
  readonly threshold: number;
  /** Share of the negatives that are called positive. */
  readonly falsePositiveRate: number;
  /** Share of the positives that are: the recall. */
  readonly truePositiveRate: number;
}

/** What is called positive when scores from `threshold` on are. */
export interface ScorePrecision {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
}

/** Counts of what has a score of at least `threshold`. */
interface Step {
  readonly threshold: number;
  readonly right: number;
  readonly wrong: number;
}

/**
 * The receiver operating characteristic: from (0, 0), at a threshold of Infinity, to (1, 1), a point for each score there is.
 * Equal scores are one step, so that the curve does not depend on their order (Fawcett, "An introduction to ROC analysis"
 * (2006), algorithm 1). Throws InputError for lengths that differ, scores that are NaN, and where a class is missing.
 */
export function rocCurve(input: ScoredLabels): RocPoint[] {
  const { steps, positives, negatives } = stepsOf(input, 'both');
  return [{ threshold: Infinity, right: 0, wrong: 0 }, ...steps].map(({ threshold, right, wrong }) => ({
    threshold,
    falsePositiveRate: wrong / negatives,
    truePositiveRate: right / positives,
  }));
}

/**
 * Area under the ROC curve by trapezoids, which is the probability that a positive has a higher score than a negative, equal
 * scores counted half (Hanley and McNeil 1982; the statistic of Mann and Whitney). Throws as `rocCurve` does.
 */
export function areaUnderRoc(input: ScoredLabels): number {
  const { steps, positives, negatives } = stepsOf(input, 'both');
  let [area, right, wrong] = [0, 0, 0];
  for (const step of steps) {
    // Twice the trapezoid in counts, which are exact.
    area += (step.wrong - wrong) * (step.right + right);
    [right, wrong] = [step.right, step.wrong];
  }
  return area / (2 * positives * negatives);
}

/**
 * Precision and recall, a point for each score there is, highest first. Throws InputError for lengths that differ, scores
 * that are NaN, and where there is no positive.
 */
export function precisionRecallCurve(input: ScoredLabels): ScorePrecision[] {
  const { steps, positives } = stepsOf(input, 'positive');
  return steps.map(({ threshold, right, wrong }) => ({
    threshold,
    precision: right / (right + wrong),
    recall: right / positives,
  }));
}

/**
 * Area under the curve of precision and recall as a sum of steps, Σ (Rₙ − Rₙ₋₁)·Pₙ: what is called average precision in
 * retrieval. Trapezoids would be too large here (Davis and Goadrich 2006). `detectionAveragePrecision` has the rules of
 * detection. Throws as `precisionRecallCurve` does.
 */
export function areaUnderPrecisionRecall(input: ScoredLabels): number {
  let [area, before] = [0, 0];
  for (const { precision, recall } of precisionRecallCurve(input)) {
    area += (recall - before) * precision;
    before = recall;
  }
  return area;
}

/**
 * Share of pictures whose true class is among the `k` best of their scores, one row of scores a picture. Of equal scores
 * that of the lower index is better, as in `topK`. Throws InputError for rows of different lengths, NaN among the scores,
 * classes there are not, a `k` that is no positive integer, and where there is no picture.
 */
export function topKAccuracy(rows: readonly ArrayLike<number>[], truth: ArrayLike<number>, k: number): number {
  if (!Number.isSafeInteger(k) || k < 1) throw new InputError(`k is a positive integer, not ${k}`);
  const found = range(checkedRows(rows, truth)).filter((i) => {
    const [row, own] = [at(rows, i), at(truth, i)];
    const score = at(row, own);
    let better = 0;
    for (let c = 0; c < row.length; c++) {
      const other = at(row, c);
      if (other > score || (other === score && c < own)) better++;
    }
    return better < k;
  });
  return found.length / rows.length;
}

/**
 * Cross-entropy: the mean of −ln p of the true classes. Rows are probabilities; one of 0 of a true class gives Infinity.
 * Throws as `topKAccuracy` does, and for what are no probabilities.
 */
export function logLoss(rows: readonly ArrayLike<number>[], truth: ArrayLike<number>): number {
  const losses = range(checkedRows(rows, truth)).map((i) => {
    const row = Array.from(at(rows, i));
    const sum = row.reduce((a, b) => a + b, 0);
    // Rows of float32 with thousands of classes are off by some of its last digits.
    if (row.some((p) => p < 0) || !(Math.abs(sum - 1) < 1e-3)) {
      throw new InputError(`row ${i} holds no probabilities: their sum is ${sum}`, {
        hint: 'Take softmax of logits first',
      });
    }
    return -Math.log(at(row, at(truth, i)));
  });
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}

/** The number of rows, each of which has a score of its true class. */
function checkedRows(rows: readonly ArrayLike<number>[], truth: ArrayLike<number>): number {
  if (rows.length !== truth.length || rows.length === 0) {
    throw new InputError(`${rows.length} rows of scores and ${truth.length} true classes are no pairs`);
  }
  const classes = rows[0]?.length ?? 0;
  for (const [i, row] of rows.entries()) {
    if (row.length !== classes) throw new InputError(`row ${i} has ${row.length} scores, and the first ${classes}`);
    const known = Number.isInteger(truth[i]) && at(truth, i) >= 0 && at(truth, i) < classes;
    if (!known) throw new InputError(`${truth[i]} is none of the classes 0 to ${classes - 1}`);
    if (Array.from(row).some(Number.isNaN)) throw new InputError(`row ${i} has a score that is NaN`);
  }
  return rows.length;
}

/** Cumulative counts at each score there is, highest first. */
function stepsOf(
  { scores, labels }: ScoredLabels,
  needed: 'both' | 'positive',
): { readonly steps: readonly Step[]; readonly positives: number; readonly negatives: number } {
  if (scores.length !== labels.length) {
    throw new InputError(`${scores.length} scores and ${labels.length} labels are no pairs`);
  }
  const order = range(scores.length);
  if (order.some((i) => Number.isNaN(scores[i]))) throw new InputError('a score is NaN, and has no place in an order');
  const wrongLabel = order.find((i) => Number(labels[i]) !== 0 && Number(labels[i]) !== 1);
  if (wrongLabel !== undefined) throw new InputError(`label ${wrongLabel} is ${labels[wrongLabel]}, neither 0 nor 1`);
  // Differences of infinities would be NaN.
  order.sort((a, b) => (at(scores, a) === at(scores, b) ? 0 : at(scores, a) < at(scores, b) ? 1 : -1));
  const steps: Step[] = [];
  let [right, wrong] = [0, 0];
  for (const [place, i] of order.entries()) {
    if (labels[i]) right++;
    else wrong++;
    const last = place + 1 === order.length || at(scores, at(order, place + 1)) !== at(scores, i);
    if (last) steps.push({ threshold: at(scores, i), right, wrong });
  }
  if (right === 0 || (wrong === 0 && needed === 'both')) {
    throw new InputError(`there is no ${right === 0 ? 'positive' : 'negative'} among ${labels.length} labels`, {
      hint: 'A rate of what there is none of is not defined',
    });
  }
  return { steps, positives: right, negatives: wrong };
}
