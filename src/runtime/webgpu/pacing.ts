/** Splits a network's steps into slices that each keep the GPU busy for no longer than a frame allows. */

/** Steps `from`…`to`−1. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** What an estimate gains from one measurement: the rest stays, so that one disturbed run changes little. */
const LEARNING = 0.5;

/** No step costs less: shares of nothing could not be told apart. */
const LEAST_MS = 1e-4;

/** Learns what steps cost from slices that were run, and cuts accordingly. The first run is one step a slice. */
export class Pacer {
  /** Milliseconds of GPU time a slice may take; positive. */
  budgetMs: number;
  /** Milliseconds of each step, as far as is known. */
  readonly #costs: Float64Array;

  constructor(steps: number, budgetMs: number) {
    this.budgetMs = budgetMs;
    this.#costs = new Float64Array(steps).fill(Infinity);
  }

  /** The slices of the next run: as few as fit the budget, a step that exceeds it alone. */
  slices(): Slice[] {
    if (this.#costs.length === 0) return [{ from: 0, to: 0 }];
    const slices: Slice[] = [];
    let from = 0;
    let sum = 0;
    this.#costs.forEach((cost, step) => {
      if (step > from && sum + cost > this.budgetMs) {
        slices.push({ from, to: step });
        [from, sum] = [step, 0];
      }
      sum += cost;
    });
    return [...slices, { from, to: this.#costs.length }];
  }

  /**
   * A slice took this long. Shares it among its steps as they were thought to cost; what a submission costs by itself is in
   * it, so that slices grow over the first runs.
   */
  observe({ from, to }: Slice, ms: number): void {
    const costs = this.#costs.subarray(from, to);
    const expected = costs.reduce((a, b) => a + b, 0);
    costs.forEach((cost, i) => {
      // A step nobody measured yet is alone in its slice.
      const now = expected === Infinity ? ms : (cost / expected) * ms;
      costs[i] = Math.max(LEAST_MS, cost === Infinity ? now : cost + LEARNING * (now - cost));
    });
  }
}
