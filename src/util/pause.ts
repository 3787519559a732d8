/** Long work that lets others have a turn: whoever waits for it may give it up. */

/** Milliseconds between two turns of the event loop. */
const SLICE_MS = 30;

/** Calls `done` after a turn of the event loop. A timer in a page would wait 4 ms, since each is set by the one before. */
function turn(done: () => void): void {
  if ('setImmediate' in globalThis) setTimeout(done);
  else {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      done();
    });
    port1.start();
    port2.postMessage(null);
  }
}

/** Takes a turn of the event loop now and then, and stops when a signal says so. */
export class Pauses {
  readonly #signal: AbortSignal | undefined;
  readonly sliceMs: number;
  #last = performance.now();

  constructor(signal?: AbortSignal, sliceMs = SLICE_MS) {
    this.#signal = signal;
    this.sliceMs = sliceMs;
  }

  /** To be awaited often: it hardly costs when little time has passed. Rejects with the signal's reason. */
  async maybe(): Promise<void> {
    this.#signal?.throwIfAborted();
    if (performance.now() - this.#last < this.sliceMs) return;
    await new Promise<void>(turn);
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
