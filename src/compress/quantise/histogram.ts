/** How often values of an activation occur, whatever their range turns out to be; and thresholds that follow from it. */
import { InputError } from '../../core/errors.ts';
import type { HostArray } from '../../core/dtype.ts';
import { at } from '../../util/arrays.ts';
import type { ValueRange } from './scales.ts';

/** Bins on either side of zero: those of the largest half of the range are at least half as many. */
const SIDE = 4096;

/** Counts of values between −2^k and 2^k, in bins of one width; where k has to grow, neighbours are joined. */
export class Histogram {
  readonly #counts = new Float64Array(2 * SIDE);
  /** Zero until there is a value that is not. */
  #limit = 0;
  #min = Infinity;
  #max = -Infinity;

  /** Counts values. Throws InputError for one that is not finite. */
  add(values: HostArray): void {
    let [min, max] = [this.#min, this.#max];
    for (let i = 0; i < values.length; i++) {
      const v = values[i] ?? 0;
      if (!(Math.abs(v) < Infinity)) throw new InputError(`a value is ${v}`);
      if (v < min) min = v;
      if (v > max) max = v;
    }
    [this.#min, this.#max] = [min, max];
    if (min > max) return;
    this.#reach(Math.max(-min, max));
    const perUnit = this.#limit === 0 ? 0 : SIDE / this.#limit;
    for (let i = 0; i < values.length; i++) {
      const bin = Math.min(2 * SIDE - 1, Math.floor((values[i] ?? 0) * perUnit) + SIDE);
      this.#counts[bin] = (this.#counts[bin] ?? 0) + 1;
    }
  }

  #reach(most: number): void {
    if (most < this.#limit || most === 0) return;
    // What was counted before there was a scale was zero.
    const wanted = 2 ** (Math.floor(Math.log2(most)) + 1);
    const joined = Math.round(Math.log2(wanted / (this.#limit || wanted)));
    this.#limit = wanted;
    for (let i = 0; i < Math.min(joined, 13); i++) this.#join();
  }

  #join(): void {
    const before = this.#counts.slice();
    this.#counts.fill(0);
    before.forEach((count, bin) => {
      const to = ((bin - SIDE) >> 1) + SIDE;
      this.#counts[to] = (this.#counts[to] ?? 0) + count;
    });
  }

  /** The least and the greatest value; zeros where there was none. */
  get range(): ValueRange {
    return this.#min > this.#max ? { min: 0, max: 0 } : { min: this.#min, max: this.#max };
  }

  /** The range without the `(1 − share)/2` least and as many greatest values, to the width of a bin. */
  percentile(share: number): ValueRange {
    const { min, max } = this.range;
    const total = this.#counts.reduce((a, b) => a + b, 0);
    const cut = (total * (1 - share)) / 2;
    const width = this.#limit / SIDE;
    let [low, below] = [0, at(this.#counts, 0)];
    while (low < 2 * SIDE - 1 && below <= cut) below += at(this.#counts, ++low);
    let [high, above] = [2 * SIDE - 1, at(this.#counts, 2 * SIDE - 1)];
    while (high > 0 && above <= cut) above += at(this.#counts, --high);
    return { min: Math.max(min, (low - SIDE) * width), max: Math.min(max, (high + 1 - SIDE) * width) };
  }

  /**
   * The range within the threshold that `leastDivergence` finds among absolute values; all of it where there are fewer values than
   * bins, which are no distribution.
   */
  entropy(levels: number): ValueRange {
    const { min, max } = this.range;
    if (this.#counts.reduce((a, b) => a + b, 0) < SIDE) return { min, max };
    const sizes = new Float64Array(SIDE);
    this.#counts.forEach((count, bin) => {
      const size = bin < SIDE ? SIDE - 1 - bin : bin - SIDE;
      sizes[size] = (sizes[size] ?? 0) + count;
    });
    const threshold = (leastDivergence(sizes, levels) * this.#limit) / SIDE;
    return { min: Math.max(min, -threshold), max: Math.min(max, threshold) };
  }
}

/** Candidates lie at least this many bins apart where there are many. */
const STRIDE = 16;

/**
 * How many of the first bins to keep, all further values being taken for the largest of these, so that the distribution differs
 * the least, by Kullback and Leibler, from what `levels` numbers can say of it: S. Migacz, "8-bit Inference with TensorRT",
 * GPU Technology Conference 2017.
 */
export function leastDivergence(counts: ArrayLike<number>, levels: number): number {
  let last = counts.length;
  while (last > levels && counts[last - 1] === 0) last--;
  const stride = last > 8 * levels ? STRIDE : 1;
  let [best, least] = [last, Infinity];
  let [beyond, next] = [0, last];
  for (let bins = last; bins >= levels; bins--) {
    if (bins <= next) {
      next = bins - stride;
      const divergence = divergenceOf(counts, bins, beyond, levels);
      if (divergence <= least) [best, least] = [bins, divergence];
    }
    beyond += counts[bins - 1] ?? 0;
  }
  return best;
}

/**
 * Of the first `bins`, with what lies `beyond` in the last of them that holds any, from the same in `levels` steps; zeros stay
 * zeros.
 */
function divergenceOf(counts: ArrayLike<number>, bins: number, beyond: number, levels: number): number {
  let [kept, edge] = [0, 0];
  for (let i = 0; i < bins; i++) {
    const own = counts[i] ?? 0;
    kept += own;
    if (own > 0) edge = i;
  }
  if (kept === 0) return Infinity;
  let divergence = 0;
  for (let level = 0; level < levels; level++) {
    const [from, to] = [Math.floor((level * bins) / levels), Math.floor(((level + 1) * bins) / levels)];
    let [sum, filled] = [0, 0];
    for (let i = from; i < to; i++) {
      sum += counts[i] ?? 0;
      if ((counts[i] ?? 0) > 0) filled++;
    }
    for (let i = from; i < to; i++) {
      const own = counts[i] ?? 0;
      if (own === 0) continue;
      const p = (own + (i === edge ? beyond : 0)) / (kept + beyond);
      divergence += p * Math.log(p / (sum / filled / kept));
    }
  }
  return divergence;
}
