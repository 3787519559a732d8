/** `env.wasm.numThreads`: what sessions on WASM make of it, and that their results do not depend on it. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as inNode from '../../src/node/ort.ts';
import * as inPage from '../../src/ort/index.ts';
import { Session } from '../../src/session/session.ts';
import { scriptModels } from './models.ts';

const { network, types } = scriptModels();
const x = new inPage.Tensor(
  Float32Array.from({ length: 108 }, (_, i) => Math.sin(i)),
  [1, 3, 6, 6],
);

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  for (const { env } of [inPage, inNode]) delete env.wasm.numThreads;
});

/** The options that a session comes to, where `numThreads` is set before. */
async function optionsWith(ort: typeof inNode, numThreads: number | undefined): Promise<unknown> {
  if (numThreads !== undefined) ort.env.wasm.numThreads = numThreads;
  const created = vi.spyOn(Session, 'create').mockRejectedValue(new RangeError('seen'));
  await expect(ort.InferenceSession.create(types, { executionProviders: ['wasm'] })).rejects.toThrow('seen');
  return created.mock.lastCall?.[1];
}

/** What the network gives in a session that opens its own at the first run; what is set by then is for later ones. */
async function outputsOf(): Promise<unknown[]> {
  const session = await inNode.InferenceSession.create(network, { executionProviders: ['wasm'] });
  inNode.env.wasm.numThreads = 1;
  const made = Object.values(await session.run({ x }));
  await session.release();
  return made.map(({ data }) => data);
}

describe('env.wasm.numThreads', () => {
  it.each([2, 5])('of %i changes no bit of a result', async (numThreads) => {
    const alone = await outputsOf();
    inNode.env.wasm.numThreads = numThreads;
    const created = vi.spyOn(Session, 'create');
    expect(await outputsOf()).toEqual(alone);
    expect(created.mock.calls).toMatchObject([[{}, { backend: 'wasm', threads: numThreads }]]);
  });

  it.each([
    [1, 1],
    [3, 3],
    [64, 64],
    [100, 64],
  ])('%i is %i threads', async (numThreads, threads) => {
    expect(await optionsWith(inNode, numThreads)).toMatchObject({ threads, startThread: expect.any(Function) });
    expect(inNode.env.wasm.numThreads).toBe(numThreads);
  });

  it.each([undefined, 0, -2, 1.5, NaN])('%s leaves it to the session', async (numThreads) => {
    expect(await optionsWith(inPage, numThreads)).not.toHaveProperty('threads');
  });

  it('becomes one where memory cannot be shared, as in onnxruntime-web', async () => {
    vi.stubGlobal('crossOriginIsolated', false);
    expect(await optionsWith(inPage, 4)).toMatchObject({ threads: 1 });
    expect(inPage.env.wasm.numThreads).toBe(1);
  });
});
