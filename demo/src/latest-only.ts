/** One thing at a time, and always the newest: how frames of a camera are kept from piling up. */

/** Offers that come while one is being worked on replace each other; what is replaced is dropped. */
export class LatestOnly<T> {
  readonly #work: (item: T) => Promise<void>;
  readonly #drop: (item: T) => void;
  #waiting: { readonly item: T } | undefined;
  #busy = false;
  #stopped = false;

  /** `work` must not reject; `drop` frees an item that nobody will work on. */
  constructor(work: (item: T) => Promise<void>, drop: (item: T) => void) {
    this.#work = work;
    this.#drop = drop;
  }

  /** Takes an item: worked on now, or after the present one unless a newer comes. */
  offer(item: T): void {
    if (this.#stopped) return this.#drop(item);
    if (this.#waiting) this.#drop(this.#waiting.item);
    this.#waiting = { item };
    if (!this.#busy) void this.#drain();
  }

  /** Drops what waits, and everything offered from now on. */
  stop(): void {
    this.#stopped = true;
    if (this.#waiting) this.#drop(this.#waiting.item);
    this.#waiting = undefined;
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    while (this.#waiting) {
      const { item } = this.#waiting;
      this.#waiting = undefined;
      await this.#work(item);
    }
    this.#busy = false;
  }
}
