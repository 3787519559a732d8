/** Long work that lets others have a turn: whoever waits for it may give it up. */

/** Milliseconds between two turns of the event loop. */
const SLICE_MS = 30;

/** Calls `done` after a turn of the event loop. */
function afterTimers(done: () => void): void {
  setTimeout(done);
}

/** Takes a turn of the event loop now and then, and stops when a signal says so. */
export class Pauses {
  readonly #signal: AbortSignal | undefined;
  readonly sliceMs: number;
  readonly #turn: (done: () => void) => void;
  #last = performance.now();

  /** `turn` calls its argument after a turn of the event loop. */
  constructor(signal?: AbortSignal, sliceMs = SLICE_MS, turn = afterTimers) {
    this.#signal = signal;
    this.sliceMs = sliceMs;
    this.#turn = turn;
  }

  /** To be awaited often: it hardly costs when little time has passed. Rejects with the signal's reason. */
  async maybe(): Promise<void> {
    this.#signal?.throwIfAborted();
    if (performance.now() - this.#last < this.sliceMs) return;
    await new Promise<void>((resolve) => this.#turn(resolve));
    this.#last = performance.now();
    this.#signal?.throwIfAborted();
  }
}

/** What work that pauses comes to, without the pauses. */
export function finish<T>(work: Generator<unknown, T>): T {
  for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
}

/**
 * Waits for what `begin` begins, or rejects with the signal's reason as soon as there is one. `begin` is given a controller that
 * follows the signal, may itself give up by it, and aborts whatever is still on its way in the end.
 */
export function unlessAborted<T>(
  begin: (own: AbortController) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const own = new AbortController();
  const follow = (): void => own.abort(signal?.reason);
  return new Promise<T>((resolve, reject) => {
    own.signal.addEventListener('abort', () => reject(own.signal.reason));
    if (signal?.aborted) follow();
    signal?.addEventListener('abort', follow);
    begin(own)
      .then(resolve, reject)
      .finally(() => {
        signal?.removeEventListener('abort', follow);
        own.abort();
      });
  });
}
