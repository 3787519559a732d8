/** How far a result is from what it should be: signal-to-noise ratios. */
import type { HostArray } from '../../core/dtype.ts';

/** Decibels, of what has nothing of the signal. */
const LEAST = -200;

/** Sums of squares over any number of results. */
export class Noise {
  #signal = 0;
  #noise = 0;

  /** Adds one result, and what it should be. */
  add(expected: HostArray, actual: HostArray): void {
    for (let i = 0; i < expected.length; i++) {
      const v = expected[i] ?? 0;
      this.#signal += v * v;
      this.#noise += (v - (actual[i] ?? 0)) ** 2;
    }
  }

  /** 10·log10 of the signal's power over the noise's, −200 where there is no signal, or what is no number; null without noise. */
  get decibels(): number | null {
    if (this.#noise === 0) return null;
    const decibels = 10 * Math.log10(this.#signal / this.#noise);
    return decibels > LEAST ? decibels : LEAST;
  }
}
