/** How fast something is watched. */

/** Figures of what is watched; times are those of the last 30 results. */
export interface WatchStats {
  /** Results. */
  readonly frames: number;
  /** Frames that nobody looked at, as newer ones had come. */
  readonly dropped: number;
  /** Results a second; 0 before the second one. */
  readonly fps: number;
  /** Mean milliseconds from taking a frame to its result; 0 before the first one. */
  readonly latencyMs: number;
}

const LAST = 30;

/** Collects them. */
export class WatchFigures {
  #frames = 0;
  readonly #ends: number[] = [];
  readonly #took: number[] = [];

  /** A result, of a frame that was taken at one time and looked at until another, in milliseconds. */
  add(start: number, end: number): void {
    this.#frames++;
    this.#ends.push(end);
    this.#took.push(end - start);
    if (this.#ends.length <= LAST) return;
    this.#ends.shift();
    this.#took.shift();
  }

  stats(dropped: number): WatchStats {
    const count = this.#ends.length;
    const span = (this.#ends.at(-1) ?? 0) - (this.#ends[0] ?? 0);
    return {
      frames: this.#frames,
      dropped,
      fps: span > 0 ? ((count - 1) / span) * 1000 : 0,
      latencyMs: count > 0 ? this.#took.reduce((sum, ms) => sum + ms, 0) / count : 0,
    };
  }
}
