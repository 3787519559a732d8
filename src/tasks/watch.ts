/** Watching: what a task says of the frames of a video, one at a time, of the newest there is. */
/// <reference lib="esnext.disposable" preserve="true" />
import { DeviceError, InputError } from '../core/errors.ts';
import { requireOptions } from '../core/option-errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { openFrames, type FrameStream, type WatchSource } from '../pictures/frames.ts';
import type { PictureSource } from '../pictures/source.ts';
import { WatchFigures, type WatchStats } from './watch-figures.ts';

/** How something is watched. */
export interface WatchOptions {
  /** Ends it, without an error, as `Watching.stop` does. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Told of a frame that could not be looked at (an InputError), after which the next is; and of what ends the watching. Without
   * it the first error ends it, and `Watching.done` or the iteration rejects.
   */
  readonly onError?: (error: unknown) => void;
  /**
   * Of an iterable, look at every picture, instead of reading on meanwhile and dropping all but the newest. Default false. Videos
   * and tracks go on by themselves.
   */
  readonly every?: boolean;
}

/** What they may be. */
export const WATCH_OPTIONS: OptionRules<WatchOptions> = { signal: 'signal', onError: 'function', every: 'boolean' };

/** A frame that was looked at. */
export interface WatchedFrame {
  /** There until the callback's promise is settled, or until the iteration asks for the next. */
  readonly picture: PictureSource;
  /** Milliseconds: of a video its own time, else that at which the frame came, on the clock of `performance.now()`. */
  readonly timestamp: number;
  /** 0 for the first. */
  readonly count: number;
}

/** A result and what it is of. */
export interface Watched<Answer> {
  readonly result: Answer;
  readonly frame: WatchedFrame;
}

/** What a task makes of a frame. It may look at where things were in the last. */
export type WatchStep<Answer> = (
  frame: WatchedFrame,
  previous: Answer | undefined,
  signal: AbortSignal,
) => Promise<Answer>;

/** Is called with each result; the next frame is looked at when the promise that it may give is settled. */
export type WatchCallback<Answer> = (result: Answer, frame: WatchedFrame) => unknown;

/**
 * Something that is watched. Without a callback it begins with the iteration, `for await (const { result, frame } of watching)`,
 * of which there is one. At most one frame is looked at at a time. While the page is hidden, none is.
 */
export class Watching<Answer> implements AsyncIterable<Watched<Answer>> {
  /**
   * Settled at the end: of the video, by `stop`, or where the iteration is left. Rejects with what ended it, errors of the callback
   * too, unless `onError` was told, or the iteration rejects.
   */
  readonly done: Promise<void>;
  readonly #frames: FrameStream;
  readonly #step: WatchStep<Answer>;
  readonly #onError: ((error: unknown) => void) | undefined;
  readonly #own = new AbortController();
  readonly #figures = new WatchFigures();
  readonly #unfollow: () => void;
  #results: AsyncGenerator<Watched<Answer>, void, undefined> | undefined;

  /** Throws InputError for what cannot be watched, and for options that there are not. */
  constructor(
    source: WatchSource,
    step: WatchStep<Answer>,
    onResult: WatchCallback<Answer> | undefined,
    options: WatchOptions = {},
  ) {
    const { signal, onError, every = false } = requireOptions('watch', options, WATCH_OPTIONS);
    if (onResult !== undefined && typeof onResult !== 'function') {
      throw new InputError('the second argument of watch is a function that takes results', {
        hint: 'Leave it out, or undefined, to iterate over them',
      });
    }
    const stop = (): void => this.stop();
    signal?.addEventListener('abort', stop);
    this.#unfollow = () => signal?.removeEventListener('abort', stop);
    this.#frames = openFrames(source, every);
    this.#step = step;
    this.#onError = onError;
    const results = this.#look();
    if (onResult) {
      this.done = deliver(results, onResult);
      // It is told here; whoever awaits it is told again.
      if (onError) this.done.catch(onError);
    } else {
      this.#results = results;
      this.done = new Promise((resolve) => this.#own.signal.addEventListener('abort', () => resolve()));
    }
    if (signal?.aborted) this.stop();
  }

  /** Frames looked at and dropped, results a second, and milliseconds from taking a frame to its result. */
  get stats(): WatchStats {
    return this.#figures.stats(this.#frames.dropped);
  }

  /** Ends it: what runs is given up, and the source let go of, which goes on. */
  stop(): void {
    this.#unfollow();
    this.#own.abort();
    this.#frames.close();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  /** Throws InputError where somebody is told of the results already. */
  [Symbol.asyncIterator](): AsyncGenerator<Watched<Answer>, void, undefined> {
    const results = this.#results;
    if (!results) throw new InputError('the results go to a callback, or to an iteration that has begun');
    this.#results = undefined;
    return results;
  }

  async *#look(): AsyncGenerator<Watched<Answer>, void, undefined> {
    let previous: Answer | undefined;
    const { signal } = this.#own;
    try {
      for (let count = 0; ;) {
        await untilVisible(signal);
        const next = await this.#frames.next();
        if (!next) return;
        try {
          const frame = { picture: next.picture, timestamp: next.timestamp, count };
          const seen = await this.#see(frame, previous);
          if (seen) {
            previous = seen.result;
            count++;
            yield { result: seen.result, frame };
          }
        } finally {
          next.release();
        }
        if (signal.aborted) return;
      }
    } finally {
      this.stop();
    }
  }

  /** The result of a frame; undefined where there is none and the next may have one. */
  async #see(frame: WatchedFrame, previous: Answer | undefined): Promise<{ readonly result: Answer } | undefined> {
    const { signal } = this.#own;
    const start = performance.now();
    try {
      const result = await twiceIfLost(() => this.#step(frame, previous, signal));
      if (signal.aborted) return undefined;
      this.#figures.add(start, performance.now());
      return { result };
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof InputError) || !this.#onError) throw error;
      this.#onError(error);
      return undefined;
    }
  }
}

async function deliver<Answer>(
  results: AsyncIterable<Watched<Answer>>,
  onResult: WatchCallback<Answer>,
): Promise<void> {
  for await (const { result, frame } of results) await onResult(result, frame);
}

/** Once more on a new device, where the old one was lost. */
async function twiceIfLost<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof DeviceError && error.code === 'DEVICE_LOST') return look();
    throw error;
  }
}

/** Waits while nobody sees the page. */
async function untilVisible(signal: AbortSignal): Promise<void> {
  if (typeof document === 'undefined') return;
  while (document.hidden && !signal.aborted) {
    await new Promise<void>((resolve) => {
      const changed = (): void => {
        document.removeEventListener('visibilitychange', changed);
        signal.removeEventListener('abort', changed);
        resolve();
      };
      document.addEventListener('visibilitychange', changed);
      signal.addEventListener('abort', changed);
    });
  }
}
