/** The loops of NonMaxSuppression: greedy, one box after the other. */
import { tensorOf } from '../../core/tensor.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { range } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import { extentAt, overlapOf, type BoxExtent } from '../lib/overlap.ts';

type Attributes = OpAttributes['NonMaxSuppression'];

/** A box that may be chosen: its score, its index, and its class where that is not the segment's. */
interface Candidate {
  readonly index: number;
  readonly label: number;
  score: number;
}

interface Limits {
  readonly most: number;
  readonly overlap: number;
  /** Absent where every score is enough. */
  readonly score: number | undefined;
}

function isEnough(score: number, limit: number | undefined, inclusive: boolean): boolean {
  if (Number.isNaN(score)) return false;
  return limit === undefined || (inclusive ? score >= limit : score > limit);
}

/** Below 0 where a comes before b: the better score, of equal ones as the ties go. */
function compare(a: Candidate, b: Candidate, ties: Attributes['ties']): number {
  if (a.score !== b.score) return a.score > b.score ? -1 : 1;
  return ties === 'lower' ? a.index - b.index : b.index - a.index;
}

function bestOf(candidates: readonly Candidate[], ties: Attributes['ties']): Candidate | undefined {
  let [best] = candidates;
  for (const candidate of candidates) if (best && compare(candidate, best, ties) < 0) best = candidate;
  return best;
}

function hard(
  sorted: readonly Candidate[],
  extents: readonly BoxExtent[],
  limits: Limits,
  attributes: Attributes,
): Candidate[] {
  const { offset, inclusive } = attributes;
  const chosen: Candidate[] = [];
  const boxes: BoxExtent[] = [];
  for (const candidate of sorted) {
    if (chosen.length === limits.most) break;
    const extent = extents[candidate.index];
    if (!extent || boxes.some((box) => isOver(overlapOf(box, extent, offset), limits.overlap, inclusive))) continue;
    chosen.push(candidate);
    boxes.push(extent);
  }
  return chosen;
}

function isOver(overlap: number, threshold: number, inclusive: boolean): boolean {
  return inclusive ? overlap >= threshold : overlap > threshold;
}

/** The factor of a score whose box overlaps a chosen one; 0 where the box goes. */
function weight(overlap: number, over: boolean, { soft, sigma }: Attributes): number {
  if (soft === 'linear') return over ? 1 - overlap : 1;
  return over ? 0 : Math.exp((-0.5 / sigma) * overlap * overlap);
}

function soft(
  given: readonly Candidate[],
  extents: readonly BoxExtent[],
  limits: Limits,
  attributes: Attributes,
): Candidate[] {
  const { offset, inclusive, ties, scoreInclusive } = attributes;
  const chosen: Candidate[] = [];
  let left = [...given];
  while (chosen.length < limits.most) {
    const best = bestOf(left, ties);
    const box = best && extents[best.index];
    if (!best || !box) break;
    chosen.push(best);
    left = left.filter((candidate) => {
      if (candidate === best) return false;
      const overlap = overlapOf(box, extents[candidate.index] ?? box, offset);
      const over = isOver(overlap, limits.overlap, inclusive);
      const factor = weight(overlap, over, attributes);
      if (factor === 1) return true;
      candidate.score *= factor;
      const gone = over && attributes.soft === 'gaussian';
      return !gone && isEnough(candidate.score, limits.score, scoreInclusive);
    });
  }
  return chosen;
}

/** The candidates of one segment: those of a class, or all boxes with their best classes. */
function candidatesOf(scores: ArrayLike<number>, from: number, classes: number, n: number): Candidate[] {
  return range(n).map((index) => {
    let best: Candidate = { index, label: 0, score: NaN };
    for (let label = 0; label < classes; label++) {
      const score = scores[from + label * n + index] ?? NaN;
      if (score > best.score || Number.isNaN(best.score)) best = { index, label, score };
    }
    return best;
  });
}

/** Plain greedy suppression. */
export const nonMaxSuppressionLoop: Reference<'NonMaxSuppression'> = ({ attributes, outputs }, inputs) => {
  const [boxes, scores, most, overlap, score] = [tensorAt(inputs, 0), tensorAt(inputs, 1), ...inputs.slice(2)];
  const [batches = 0, classes = 0, n = 0] = scores.shape;
  const limits = {
    most: Math.max(0, most?.data[0] ?? 0),
    overlap: Math.max(0, overlap?.data[0] ?? 0),
    score: score?.data[0],
  };
  const rows: number[] = [];
  const chosenScores: number[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const extents = range(n).map((i) => extentAt(boxes.data, (batch * n + i) * 4, attributes));
    const segments = attributes.classAgnostic ? Math.min(1, classes) : classes;
    for (let segment = 0; segment < segments; segment++) {
      const from = (batch * classes + segment) * n;
      const all = candidatesOf(scores.data, from, attributes.classAgnostic ? classes : 1, n);
      const enough = all.filter((c) => isEnough(c.score, limits.score, attributes.scoreInclusive));
      const chosen =
        attributes.soft === 'none'
          ? hard(
              enough.sort((a, b) => compare(a, b, attributes.ties)),
              extents,
              limits,
              attributes,
            )
          : soft(enough, extents, limits, attributes);
      for (const c of chosen) {
        rows.push(batch, attributes.classAgnostic ? c.label : segment, c.index);
        chosenScores.push(c.score);
      }
    }
  }
  const count = chosenScores.length;
  const segments = batches * (attributes.classAgnostic ? Math.min(1, classes) : classes);
  const extent = attributes.padded ? segments * Math.min(n, limits.most) : count;
  const behind = range(extent - count).map(() => 0);
  const results = [
    tensorOf('int64', [extent, 3], [...rows, ...behind, ...behind, ...behind]),
    tensorOf('int32', [], [count]),
    tensorOf('float32', [extent], [...chosenScores, ...behind]),
  ];
  return results.slice(0, Math.max(2, outputs.length));
};
