/** What sessions leave behind: neither threads nor memory, however many were opened, disposed of, given up or recovered. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGpu } from '../../src/node/adapter.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import { Session } from '../../src/session/session.ts';
import { tinyClassifier } from '../helpers/command.ts';
import { hasTasks, staysFlat } from '../helpers/stays-flat.ts';

/** An instance of Dawn has five threads, a device of lavapipe two, and few of those destroyed are not collected yet. */
const THREADS = 12;
/** A window may add half of what an instance a round would: it takes 2 MB. */
const GROWTH = 10e6;

const model = tinyClassifier();
const feeds = { 'pictures:0': { shape: [1, 3, 8, 8], data: new Float32Array(192) } };
const gpu = async (): Promise<GPUAdapter> => (await openGpu()).adapter;

const unhandled: unknown[] = [];
const note = (error: unknown): unknown => unhandled.push(error);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));

/** As `staysFlat`, and no rejection that nobody waits for. */
async function leavesNothing(round: () => Promise<void>): Promise<void> {
  await staysFlat(round, { spare: THREADS, growth: GROWTH });
  expect(unhandled).toEqual([]);
}

describe.skipIf(!hasTasks)('threads and memory stay as they are', () => {
  it('when sessions are opened, run and disposed of', async () => {
    await leavesNothing(async () => {
      using session = await Session.create(model, { gpu });
      await session.run(feeds);
    });
  });

  it('when the device of a session is lost in a run, and another takes its place', async () => {
    using session = await Session.create(model, { gpu });
    await leavesNothing(async () => {
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
    await leavesNothing(async () => {
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
    await leavesNothing(async () => {
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
    await leavesNothing(async () => {
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
