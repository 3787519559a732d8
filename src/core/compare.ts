/** Comparison of two tensors, shared by tests, `tilewise compare` and the step check. */
import { isFloat } from './dtype.ts';
import { sameArray } from '../util/arrays.ts';
import { shapeText, type Tensor } from './tensor.ts';

/** |actual − expected| ≤ atol + rtol·|expected| counts as equal; non-finite values match only themselves. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** How two tensors differ. */
export interface Comparison {
  readonly ok: boolean;
  /** Largest |actual − expected| over finite pairs. */
  readonly maxAbs: number;
  /** Largest |actual − expected| / max(|expected|, 1e-6) over finite pairs. */
  readonly maxRel: number;
  /** Elements outside the tolerance. */
  readonly mismatches: number;
  /** A sentence for people: counts, the worst element and its neighbourhood. */
  readonly text: string;
}

/**
 * Tolerance for a float32 kernel against the float64-accumulating reference: rounding grows with the square root of
 * the number of accumulated terms, relative to operands of magnitude `scale`.
 */
export function floatTolerance(accumulated = 1, scale = 1): Tolerance {
  return { rtol: 1e-4, atol: 1e-5 * Math.sqrt(Math.max(1, accumulated)) * scale };
}

/**
 * Terms that add up in one element of a result: the multiply-adds behind it; where none are counted, the elements that
 * came in for each that went out, which is what reductions and global pools fold.
 *
 * @param work of one evaluation: its multiply-adds, elements of its first operand and of its result
 */
export function accumulatedTerms(work: {
  readonly multiplyAdds: number;
  readonly operand: number;
  readonly result: number;
}): number {
  return Math.max(1, (work.multiplyAdds > 0 ? work.multiplyAdds : work.operand) / Math.max(1, work.result));
}

/**
 * What storing a result as float16 may change: a driver may take either neighbour (WGSL), which are 2⁻¹⁰ of the value
 * apart, and may take what is below the least normal half for zero.
 */
const HALF: Tolerance = { rtol: 2 ** -10, atol: 2 ** -14 };

/**
 * Tolerance for a result of which no more is known than the elements and how many terms went into each: rounding errors
 * scale with the operands, and the root mean square of the result stands in for them. Arithmetic is float32 whatever
 * the storage, so that `half`, of a result that is stored as float16, adds one rounding; operands must be given as they are
 * stored, for what rounded weights change is no error of a kernel. Integers must be equal.
 */
export function resultTolerance({ dtype, data }: Tensor, accumulated: number, half: boolean): Tolerance {
  if (!isFloat(dtype)) return { rtol: 0, atol: 0 };
  let sum = 0;
  let finite = 0;
  for (const v of data) {
    if (!Number.isFinite(v)) continue;
    sum += v * v;
    finite++;
  }
  const scale = Math.max(1e-3, Math.sqrt(sum / Math.max(1, finite)));
  const { rtol, atol } = floatTolerance(accumulated, scale);
  return half ? { rtol: rtol + HALF.rtol, atol: atol + HALF.atol } : { rtol, atol };
}

/** Compares element by element. A different shape or dtype never passes; integers must be equal when rtol = atol = 0. */
export function compareTensors(actual: Tensor, expected: Tensor, { rtol, atol }: Tolerance): Comparison {
  if (!sameArray(actual.shape, expected.shape) || isFloat(actual.dtype) !== isFloat(expected.dtype)) {
    const text = `got ${actual.dtype} ${shapeText(actual.shape)}, expected ${expected.dtype} ${shapeText(expected.shape)}`;
    return { ok: false, maxAbs: Infinity, maxRel: Infinity, mismatches: expected.data.length, text };
  }
  let maxAbs = 0;
  let maxRel = 0;
  let mismatches = 0;
  let worst = -1;
  let worstExcess = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const a = actual.data[i] ?? NaN;
    const e = expected.data[i] ?? NaN;
    if (Object.is(a, e) || a === e) continue;
    const finite = Number.isFinite(a) && Number.isFinite(e);
    const diff = finite ? Math.abs(a - e) : Infinity;
    if (finite) {
      maxAbs = Math.max(maxAbs, diff);
      maxRel = Math.max(maxRel, diff / Math.max(Math.abs(e), 1e-6));
    }
    const excess = finite ? diff - (atol + rtol * Math.abs(e)) : Infinity;
    if (excess <= 0) continue;
    mismatches++;
    if (worst < 0 || excess > worstExcess) {
      worst = i;
      worstExcess = excess;
    }
  }
  const ok = mismatches === 0;
  const summary = `max abs ${maxAbs.toExponential(2)}, max rel ${maxRel.toExponential(2)}`;
  return {
    ok,
    maxAbs,
    maxRel,
    mismatches,
    text: ok ? summary : describe(actual, expected, worst, mismatches, summary),
  };
}

function describe(actual: Tensor, expected: Tensor, worst: number, mismatches: number, summary: string): string {
  const from = Math.max(0, worst - 2);
  const window = (t: Tensor): string => Array.from(t.data.subarray(from, from + 5), (v) => v.toPrecision(7)).join(' ');
  return (
    `${mismatches} of ${expected.data.length} elements differ (${summary}); worst at ${position(worst, expected.shape)}\n` +
    `  actual   ${window(actual)}\n  expected ${window(expected)}`
  );
}

function position(index: number, shape: readonly number[]): string {
  const parts: number[] = [];
  let rest = index;
  for (const extent of [...shape].reverse()) {
    parts.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return `[${parts.join(', ')}]`;
}
