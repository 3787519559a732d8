/** What sessions on WASM leave behind: nothing, however many were opened, run, given up and disposed of. */
import { describe, expect, it } from 'vitest';
import { Session } from '../../src/session/session.ts';
import { tinyClassifier } from '../helpers/command.ts';
import { hasTasks, staysFlat } from '../helpers/stays-flat.ts';

/** Rounds of a window together may leave as much as two memories. */
const LIMITS = { spare: 2, growth: 4e6 };

const model = tinyClassifier();
const feeds = { 'pictures:0': { shape: [1, 3, 8, 8], data: new Float32Array(192) } };

describe.skipIf(!hasTasks)('memory stays as it is', () => {
  it('when sessions are opened, run and disposed of', () =>
    staysFlat(async () => {
      using session = await Session.create(model, { backend: 'wasm' });
      await session.run(feeds);
    }, LIMITS));

  it('when one session runs hundreds of times', async () => {
    using session = await Session.create(model, { backend: 'wasm' });
    await staysFlat(async () => {
      for (let i = 0; i < 200; i++) await session.run(feeds);
    }, LIMITS);
  });

  it('when sessions are disposed of while they run', () =>
    staysFlat(async () => {
      const session = await Session.create(model, { backend: 'wasm' });
      const runs = [session.run(feeds), session.run(feeds)];
      session.dispose();
      session.dispose();
      for (const run of await Promise.allSettled([...runs, session.run(feeds)])) {
        if (run.status === 'rejected') expect(String(run.reason)).toMatch(/disposed/);
      }
    }, LIMITS));

  it('when loads are given up', () =>
    staysFlat(async () => {
      const abort = new AbortController();
      const loading = Session.create(model, { backend: 'wasm', signal: abort.signal });
      abort.abort(new RangeError('enough'));
      await loading.then(
        (session) => session.dispose(),
        (error: unknown) => expect(error).toBeInstanceOf(RangeError),
      );
    }, LIMITS));
});
