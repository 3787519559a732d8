/** Watching what gives pictures, without a network: which frames are looked at, what becomes of errors, and how it ends. */
import { describe, expect, it } from 'vitest';
import { DeviceError, InputError } from '../../src/core/errors.ts';
import type { PictureSource } from '../../src/pictures/source.ts';
import { Watching, type WatchOptions, type WatchStep } from '../../src/tasks/watch.ts';

/** A picture whose width tells it from others. */
const picture = (width: number): PictureSource => ({ width, height: 1, data: new Uint8Array(width * 4) });

const turns = async (count = 3): Promise<void> => {
  // Turns of the event loop: reading on waits for one after each picture.
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve));
};

/** A camera whose frames come when the test says so. */
function camera() {
  const queue: PictureSource[] = [];
  let wake: (() => void) | undefined;
  const state = { ended: false, returned: false };
  const frames: AsyncIterableIterator<PictureSource> = {
    [Symbol.asyncIterator]: () => frames,
    next: async () => {
      while (queue.length === 0 && !state.ended) await new Promise<void>((resolve) => (wake = resolve));
      const value = queue.shift();
      return value ? { done: false, value } : { done: true, value: undefined };
    },
    return: async () => {
      state.returned = true;
      return { done: true, value: undefined };
    },
  };
  return {
    frames,
    isReturned: () => state.returned,
    async show(...pictures: PictureSource[]): Promise<void> {
      queue.push(...pictures);
      wake?.();
      await turns(pictures.length + 3);
    },
    end(): void {
      state.ended = true;
      wake?.();
    },
  };
}

/** Work that is done when the test says so. */
function work() {
  const done: (() => void)[] = [];
  let [running, most] = [0, 0];
  const step: WatchStep<number> = async ({ picture: shown }) => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => done.push(resolve));
    running--;
    return 'width' in shown ? shown.width : 0;
  };
  return {
    step,
    mostAtOnce: () => most,
    async finish(): Promise<void> {
      done.shift()?.();
      await turns();
    },
  };
}

const widthOf: WatchStep<number> = async ({ picture: shown }) => ('width' in shown ? shown.width : 0);

const counting: WatchStep<readonly number[]> = async ({ count }, previous = []) => [...previous, count];

const untilAborted: WatchStep<number> = (_, __, signal) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

/** Fails at the picture of width 2. */
const failing =
  (error: unknown): WatchStep<number> =>
  async (frame, previous, signal) => {
    if ('width' in frame.picture && frame.picture.width === 2) throw error;
    return widthOf(frame, previous, signal);
  };

async function* endless(): AsyncGenerator<PictureSource, void, undefined> {
  for (;;) yield picture(1);
}

/** Pictures of these widths. */
async function* film(...widths: number[]): AsyncGenerator<PictureSource, void, undefined> {
  for (const width of widths) yield picture(width);
}

async function resultsOf<T>(watching: Watching<T>): Promise<T[]> {
  const results: T[] = [];
  for await (const { result } of watching) results.push(result);
  return results;
}

const every: WatchOptions = { every: true };

describe('watching', () => {
  it('looks at one frame at a time, and at the newest next', async () => {
    const [source, task] = [camera(), work()];
    const seen: number[] = [];
    const watching = new Watching(source.frames, task.step, (width) => seen.push(width));
    await source.show(picture(1));
    await source.show(picture(2), picture(3), picture(4));
    expect(seen).toEqual([]);
    await task.finish();
    await task.finish();
    expect(seen).toEqual([1, 4]);
    expect(watching.stats).toMatchObject({ frames: 2, dropped: 2 });
    expect(watching.stats.fps).toBeGreaterThan(0);
    expect(watching.stats.latencyMs).toBeGreaterThan(0);
    await source.show(picture(5));
    source.end();
    await task.finish();
    await watching.done;
    expect(seen).toEqual([1, 4, 5]);
    expect(task.mostAtOnce()).toBe(1);
  });

  it('looks at the next frame when the callback is done with the last', async () => {
    const source = camera();
    let letGo: (() => void) | undefined;
    const seen: number[] = [];
    const watching = new Watching(source.frames, widthOf, (width) => {
      seen.push(width);
      return new Promise<void>((resolve) => (letGo = resolve));
    });
    await source.show(picture(1));
    await source.show(picture(2), picture(3));
    expect(seen).toEqual([1]);
    letGo?.();
    await turns();
    expect(seen).toEqual([1, 3]);
    watching.stop();
  });

  it('iterates over all pictures of a film, with counts and the last result', async () => {
    const watching = new Watching(film(5, 6, 7), counting, undefined, every);
    expect(await resultsOf(watching)).toEqual([[0], [0, 1], [0, 1, 2]]);
    await watching.done;
    expect(watching.stats).toMatchObject({ frames: 3, dropped: 0 });
    expect(await resultsOf(new Watching([picture(1), picture(2)], widthOf, undefined, every))).toEqual([1, 2]);
  });

  it('lets others have a turn while a film never waits', async () => {
    const task = work();
    const watching = new Watching(endless(), task.step, () => undefined);
    await turns(20);
    watching.stop();
    await task.finish();
    await watching.done;
    expect(watching.stats.frames).toBe(0);
  });

  it('closes decoders’ frames: those that were dropped, looked at, and left', async () => {
    const closed: number[] = [];
    const frame = (id: number): PictureSource =>
      ({
        displayWidth: 1,
        displayHeight: 1,
        timestamp: id * 1e6,
        close: () => closed.push(id),
      }) as unknown as VideoFrame;
    const [source, task] = [camera(), work()];
    const times: number[] = [];
    const watching = new Watching(source.frames, task.step, (_, { timestamp }) => times.push(timestamp));
    await source.show(frame(1));
    await source.show(frame(2), frame(3));
    expect(closed).toEqual([2]);
    await task.finish();
    expect(closed).toEqual([2, 1]);
    await source.show(frame(4));
    watching.stop();
    expect(closed).toEqual([2, 1, 4]);
    await task.finish();
    await watching.done;
    expect(closed).toEqual([2, 1, 4, 3]);
    await source.show(frame(5));
    expect(closed).toEqual([2, 1, 4, 3, 5]);
    expect(times).toEqual([1000]);
  });

  it.each(['stop', 'signal', 'dispose', 'aborted before'] as const)('ends by %s, without an error', async (how) => {
    const source = camera();
    const control = new AbortController();
    if (how === 'aborted before') control.abort();
    const seen: number[] = [];
    const watching = new Watching(source.frames, widthOf, (width) => seen.push(width), { signal: control.signal });
    await source.show(picture(1));
    if (how === 'stop') watching.stop();
    else if (how === 'dispose') watching[Symbol.dispose]();
    else control.abort(new Error('enough'));
    await watching.done;
    await source.show(picture(2));
    expect(seen).toEqual(how === 'aborted before' ? [] : [1]);
    expect(source.isReturned()).toBe(true);
  });

  it('gives up the run by its signal, and says nothing of that', async () => {
    const source = camera();
    const errors: unknown[] = [];
    const watching = new Watching(source.frames, untilAborted, () => undefined, {
      onError: (error) => errors.push(error),
    });
    await source.show(picture(1));
    watching.stop();
    await watching.done;
    expect(errors).toEqual([]);
  });

  it('lets go of the source where the iteration is left', async () => {
    const source = camera();
    const watching = new Watching(source.frames, widthOf, undefined);
    setTimeout(() => void source.show(picture(3)));
    for await (const { result } of watching) {
      expect(result).toBe(3);
      break;
    }
    await watching.done;
    await turns();
    expect(source.isReturned()).toBe(true);
    expect(() => watching[Symbol.asyncIterator]()).toThrow(InputError);
  });
});

describe('errors of what is watched', () => {
  it('of one frame are told, and the next is looked at', async () => {
    const error = new InputError('no picture');
    const told: unknown[] = [];
    const options = { every: true, onError: (e: unknown) => told.push(e) };
    expect(await resultsOf(new Watching(film(1, 2, 3), failing(error), undefined, options))).toEqual([1, 3]);
    expect(told).toEqual([error]);
  });

  it('end it where nobody is told, and where they are of more than a frame', async () => {
    const [small, large] = [new InputError('no picture'), new Error('broken')];
    await expect(resultsOf(new Watching(film(1, 2), failing(small), undefined, every))).rejects.toBe(small);
    await expect(new Watching(film(1, 2), failing(small), () => undefined, every).done).rejects.toBe(small);
    const told: unknown[] = [];
    const options = { every: true, onError: (e: unknown) => told.push(e) };
    await expect(new Watching(film(1, 2, 3), failing(large), () => undefined, options).done).rejects.toBe(large);
    expect(told).toEqual([large]);
  });

  it('of the callback and of the source end it', async () => {
    const error = new Error('cannot draw');
    const throwing = (): never => {
      throw error;
    };
    const source = camera();
    const watching = new Watching(source.frames, widthOf, throwing);
    watching.done.catch(() => undefined);
    await source.show(picture(1));
    await expect(watching.done).rejects.toBe(error);
    expect(source.isReturned()).toBe(true);
    async function* broken(): AsyncGenerator<PictureSource, void, undefined> {
      yield picture(1);
      throw error;
    }
    for (const options of [every, {}]) {
      await expect(new Watching(broken(), widthOf, () => undefined, options).done).rejects.toBe(error);
    }
  });

  it('of a lost device are tried once more', async () => {
    const lost = new DeviceError('DEVICE_LOST', 'gone');
    const step = (times: number): WatchStep<number> => {
      let left = times;
      return async (frame, previous, signal) => {
        if (left-- > 0) throw lost;
        return widthOf(frame, previous, signal);
      };
    };
    expect(await resultsOf(new Watching(film(1, 2), step(1), undefined, every))).toEqual([1, 2]);
    await expect(resultsOf(new Watching(film(1, 2), step(2), undefined, every))).rejects.toBe(lost);
  });

  it('say what cannot be watched', () => {
    for (const source of [null, undefined, 'film.mp4', {}, 5, { kind: 'audio' }, { getVideoTracks: () => [] }]) {
      expect(() => new Watching(source as unknown as PictureSource[], widthOf, undefined)).toThrow('is no video');
    }
    expect(() => new Watching(film(1), widthOf, {} as () => void)).toThrow(InputError);
    expect(() => new Watching(film(1), widthOf, undefined, { fps: 5 } as WatchOptions)).toThrow(InputError);
  });
});
