/** From a classifier's scores to names: the best k, softmax, label files. */
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

/** One score a class as probabilities: those in [0, 1] that sum to 1 stay as they are, others are taken for logits. */
export function toProbabilities(scores: ArrayLike<number>): ArrayLike<number> {
  let sum = 0;
  let min = Infinity;
  for (let i = 0; i < scores.length; i++) {
    sum += scores[i] ?? NaN;
    min = Math.min(min, scores[i] ?? NaN);
  }
  return min >= -1e-6 && Math.abs(sum - 1) < 1e-2 ? scores : softmax(scores);
}

/**
 * Reads class names, one a line; blank lines at the end do not count. `synset` lines begin with a WordNet id
 * (`n01440764 tench`), which is dropped; with `auto` it is dropped when every line has one.
 */
export function parseLabels(text: string, format: 'lines' | 'synset' | 'auto' = 'auto'): string[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.trim());
  const synset = format === 'synset' || (format === 'auto' && lines.every((line) => SYNSET.test(line)));
  return synset ? lines.map((line) => line.replace(SYNSET, '')) : lines;
}

const SYNSET = /^n\d{8}\s+/;
