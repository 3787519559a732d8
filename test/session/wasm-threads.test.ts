/** Threads of the WASM backend, and turns of the event loop during its runs. */
import { describe, expect, it } from 'vitest';
import { mobilenetV2 } from '../../models/mobilenet-v2.ts';
import { startThread } from '../../src/node/thread.ts';
import { Session } from '../../src/session/session.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

const network = mobilenetV2({ width: 0.25, resolution: 96 });
const [name, shape] = ['input', [1, 96, 96, 3]] as const;
const picture = randomTensor('float32', shape, randomSource(3));

const open = (options: SessionOptions = {}): Promise<Session> =>
  Session.create(network, { backend: 'wasm', startThread, ...options });

const outputOf = async (session: Session, options = {}): Promise<ArrayLike<unknown>> =>
  Object.values(await session.run({ [name]: picture }, options))[0]?.data ?? [];

/** A page that has no workers. */
const refused: SessionOptions['startThread'] = (_script, _data, told) => {
  told('no worker today');
  return () => undefined;
};

/** Threads whose kernels trap. */
const broken: SessionOptions['startThread'] = (script, data, told) =>
  startThread(script.replaceAll(/kernels\[step\]\(/g, 'null('), data, told);

describe('threads', () => {
  it('give the same bits, however many there are', async () => {
    using alone = await open();
    const expected = await outputOf(alone);
    expect(expected.length).toBe(1000);
    for (const threads of [2, 3, 5]) {
      using session = await open({ threads });
      for (let i = 0; i < 3; i++) expect(await outputOf(session)).toEqual(expected);
    }
  });

  it('are ended with their session, whose runs reject', async () => {
    const session = await open({ threads: 2 });
    const run = session.run({ [name]: picture });
    session.dispose();
    await expect(run).rejects.toThrow(/disposed/);
  });

  it('are refused by name where there are too many, or none can be started', async () => {
    await expect(open({ threads: 65 })).rejects.toMatchObject({ code: 'INPUT_INVALID', message: /threads is 65/ });
    await expect(open({ threads: 0.5 })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(open({ threads: 2, startThread: refused })).rejects.toMatchObject({
      code: 'NO_DEVICE',
      message: expect.stringMatching(/no worker today.*worker-src/s),
    });
  });

  it('that fail reject the run', async () => {
    using session = await open({ threads: 2, startThread: broken });
    await expect(
      (async () => {
        for (let i = 0; i < 50; i++) await session.run({ [name]: picture });
      })(),
    ).rejects.toMatchObject({ code: 'DEVICE_LOST' });
  });
});

describe('a run with a budget', () => {
  it('lets others have their turn, and stops at a signal', async () => {
    using session = await open();
    const expected = await outputOf(session);
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    expect(await outputOf(session, { frameBudgetMs: 0.01 })).toEqual(expected);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    const abort = new AbortController();
    const run = session.run({ [name]: picture }, { frameBudgetMs: 0.01, signal: abort.signal });
    setTimeout(() => abort.abort(new RangeError('enough')));
    await expect(run).rejects.toBeInstanceOf(RangeError);
    expect(await outputOf(session)).toEqual(expected);
  });
});
