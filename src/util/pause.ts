/** Long work that lets others have a turn: whoever waits for it may give it up. */

/** Milliseconds between two turns of the event loop. */
const SLICE_MS = 30;

/** Takes a turn of the event loop now and then, and stops when a signal says so. */
export class Pauses {
  readonly #signal: AbortSignal | undefined;
  #last = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** To be awaited often: it hardly costs when little time has passed. Rejects with the signal's reason. */
  async maybe(): Promise<void> {
    this.#signal?.throwIfAborted();
    if (performance.now() - this.#last < SLICE_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#last = performance.now();
    this.#signal?.throwIfAborted();
  }
}

/** What work that pauses comes to, without the pauses. */
export function finish<T>(work: Generator<unknown, T>): T {
  for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
}

/** Waits for what `begin` begins, or rejects with the signal's reason as soon as there is one. Nothing is begun on what is no signal. */
export function unlessAborted<T>(begin: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return begin();
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    begin()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}
