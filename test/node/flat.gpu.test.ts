/** What sessions leave behind: neither threads nor memory, however many were opened, disposed of, given up or recovered. */
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGpu } from '../../src/node/adapter.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import { Session } from '../../src/session/session.ts';
import { tinyClassifier } from '../helpers/command.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

const TASKS = '/proc/self/task';
const WARM_UP = 5;
/** Memory is looked at after each of so many windows of so many rounds: what leaks grows in all of them, a driver's arenas do not. */
const WINDOWS = 8;
const ROUNDS = 10;
/** An instance of Dawn has five threads, a device of lavapipe two, and few of those destroyed are not collected yet. */
const THREADS = 12;
/** A window may add half of what an instance a round would: it takes 2 MB. */
const GROWTH = 10e6;

const model = tinyClassifier();
const feeds = { 'pictures:0': { shape: [1, 3, 8, 8], data: new Float32Array(192) } };
const gpu = async (): Promise<GPUAdapter> => (await openGpu()).adapter;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const unhandled: unknown[] = [];
const note = (error: unknown): unknown => unhandled.push(error);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));

/** Threads, once no more than `most` are left, or enough time for that has passed. */
async function threads(most: number): Promise<number> {
  const end = performance.now() + PATIENCE_MS;
  while (readdirSync(TASKS).length > most && performance.now() < end) await pause(20);
  return readdirSync(TASKS).length;
}

/** Bytes the process holds once garbage is collected: what wrappers that are no longer reachable keep alive is no leak. */
async function held(): Promise<number> {
  collect();
  await pause(20); // What finalizers free, they free in turns of their own.
  return process.memoryUsage().rss;
}

/** Does the same again and again; the process must have no more threads behind it than after a few, and memory must stop growing. */
async function staysFlat(round: () => Promise<void>): Promise<void> {
  for (let i = 0; i < WARM_UP; i++) await round();
  const before = readdirSync(TASKS).length;
  let bytes = await held();
  const grown: number[] = [];
  for (let i = 0; i < WINDOWS && !grown.some((g) => g < GROWTH); i++) {
    for (let j = 0; j < ROUNDS; j++) await round();
    const now = await held();
    grown.push(now - bytes);
    bytes = now;
  }
  expect(Math.min(...grown), `grew by ${grown.join(', ')} bytes`).toBeLessThan(GROWTH);
  expect(await threads(before + THREADS)).toBeLessThanOrEqual(before + THREADS);
  expect(unhandled).toEqual([]);
}

describe.skipIf(!existsSync(TASKS))('threads and memory stay as they are', () => {
  it('when sessions are opened, run and disposed of', async () => {
    await staysFlat(async () => {
      using session = await Session.create(model, { gpu });
      await session.run(feeds);
    });
  });

  it('when the device of a session is lost in a run, and another takes its place', async () => {
    using session = await Session.create(model, { gpu });
    await staysFlat(async () => {
      const device = await session.device();
      const runs = Promise.allSettled([session.run(feeds), session.run(feeds)]);
      device?.destroy();
      for (const run of await runs)
        if (run.status === 'rejected') expect(run.reason).toMatchObject({ code: 'DEVICE_LOST' });
      expect(Object.keys(await session.run(feeds))).toEqual(['scores/out']);
    });
  });

  it('when sessions are disposed of while they load, run or recover, twice over', async () => {
    const moments: ((session: Session) => Promise<unknown> | undefined)[] = [
      () => undefined,
      (session) => session.run(feeds),
      async (session) => (await session.device())?.destroy(),
    ];
    let turn = 0;
    await staysFlat(async () => {
      const session = await Session.create(model, { gpu });
      const before = [session.run(feeds), moments[turn++ % moments.length]?.(session)];
      session.dispose();
      session.dispose();
      const after = [session.run(feeds), session.device(), session.check(feeds)];
      for (const call of await Promise.allSettled([...before, ...after])) {
        if (call.status === 'rejected') expect(String(call.reason)).toMatch(/^InputError: .* was disposed/);
      }
      // Not `rejects`: it keeps the error, and with it the session, until the test ends.
      expect(await session.run(feeds).catch(String)).toMatch(/was disposed/);
    });
  });

  it('when loads are given up, at any moment', async () => {
    let delay = 0;
    await staysFlat(async () => {
      const abort = new AbortController();
      const options: SessionOptions = { gpu, signal: abort.signal };
      const loading = Session.create(model, options).then((session) => session.dispose());
      if (delay === 0) abort.abort(new RangeError('enough'));
      else void pause(delay).then(() => abort.abort(new RangeError('enough')));
      delay = (delay + 7) % 60;
      await loading.catch((error: unknown) => expect(error).toBeInstanceOf(RangeError));
    });
  });

  it('when sessions share a device', async () => {
    const device = await requestDevice(await gpu());
    await staysFlat(async () => {
      using session = await Session.create(model, { gpu: device });
      await session.run(feeds);
      await expect(session.run(feeds, { signal: AbortSignal.abort(new RangeError('no')) })).rejects.toThrow('no');
    });
    device.destroy();
  });
});

it('asks one instance of a driver for all adapters', async () => {
  const [first, second, third] = await Promise.all([openGpu(), openGpu(), openGpu()]);
  expect(second.gpu).toBe(first.gpu);
  expect(third.gpu).toBe(first.gpu);
  expect(second.adapter).not.toBe(first.adapter);
});
