/** From a classifier's scores to names: the best k, softmax. */
import { InputError } from '../../core/errors.ts';

/** One class and its score. */
export interface Ranked {
  readonly index: number;
  /** Absent where nobody named the classes. */
  readonly label?: string;
  readonly score: number;
}

/**
 * The `k` best scores, best first; equal ones in the order of their index, NaN last. Fewer when there are fewer classes.
 * Throws InputError when `k` is no positive integer, there are no scores, or the labels are not one for each.
 */
export function topK(scores: ArrayLike<number>, k: number, labels?: readonly string[]): Ranked[] {
  if (!Number.isSafeInteger(k) || k < 1)
    throw new InputError(`the number of classes to give must be positive, not ${k}`);
  if (scores.length === 0) throw new InputError('there are no scores');
  if (labels && labels.length !== scores.length) {
    throw new InputError(`there are ${labels.length} labels for ${scores.length} scores`, {
      hint: 'Labels are one a line, in the order of the classes',
    });
  }
  const key = (i: number): number => (Number.isNaN(scores[i]) ? -Infinity : (scores[i] ?? -Infinity));
  const order = Array.from({ length: scores.length }, (_, i) => i);
  order.sort((a, b) => (key(b) > key(a) ? 1 : key(b) < key(a) ? -1 : a - b));
  return order.slice(0, k).map((index) => {
    const label = labels?.[index];
    return { index, score: scores[index] ?? NaN, ...(label === undefined ? {} : { label }) };
  });
}

/** exp(x − max) / Σ exp(x − max), of one vector of logits. */
export function softmax(logits: ArrayLike<number>): Float32Array {
  let max = -Infinity;
  for (let i = 0; i < logits.length; i++) max = Math.max(max, logits[i] ?? -Infinity);
  const exps = Float64Array.from(logits, (v) => Math.exp(v - max));
  let sum = 0;
  for (const e of exps) sum += e;
  return Float32Array.from(exps, (e) => e / sum);
}

/**
 * One score a class as probabilities. Those in [0, 1] that sum to 1 stay as they are; so do those of a softmax or sigmoid in
 * eight bits, whose sum may be far from 1: `low` and `high` say what their integers can stand for, and where the file
 * makes floats of them and nobody says, they are whole steps of 1/256. All others are taken for logits.
 */
export function toProbabilities(
  scores: ArrayLike<number>,
  [low, high]: readonly [low: number, high: number] = [NaN, NaN],
): ArrayLike<number> {
  // 255 steps of what a scale of 1/255 is in a file are a little more than 1.
  if (low >= 0 && high <= 1 + 1e-6) return scores;
  let [sum, min, max, whole] = [0, Infinity, -Infinity, Number.isNaN(high)];
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? NaN;
    sum += score;
    min = Math.min(min, score);
    max = Math.max(max, score);
    whole &&= Number.isInteger(score * 256);
  }
  const steps = whole && sum > 0 && max <= 1;
  return min >= -1e-6 && (Math.abs(sum - 1) < 1e-2 || steps) ? scores : softmax(scores);
}
