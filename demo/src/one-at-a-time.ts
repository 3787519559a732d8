/** One thing at a time: how frames of a camera are kept from piling up. */

/**
 * Works on what is offered while it is free, and drops what comes meanwhile. Nothing waits: a camera has few frames to
 * fill, and one that waits is one that holds back newer ones.
 */
export class OneAtATime<T> {
  readonly #work: (item: T) => Promise<void>;
  readonly #drop: (item: T) => void;
  #busy = false;
  #stopped = false;

  /** `work` must not reject; `drop` frees an item that nobody will work on. */
  constructor(work: (item: T) => Promise<void>, drop: (item: T) => void) {
    this.#work = work;
    this.#drop = drop;
  }

  /** Takes an item: worked on now or not at all. */
  offer(item: T): void {
    if (this.#busy || this.#stopped) return this.#drop(item);
    this.#busy = true;
    void this.#work(item).then(() => {
      this.#busy = false;
    });
  }

  /** Drops everything offered from now on. */
  stop(): void {
    this.#stopped = true;
  }
}
