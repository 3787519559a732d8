/** How many prepared graphs a session keeps, which it lets go, and that what is in use is never one of them. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Prepared } from '../../src/session/backend.ts';
import { range } from '../../src/util/arrays.ts';
import { CompiledCache, MAX_COMPILED, signatureOf } from '../../src/session/compiled-cache.ts';

const b = new GraphBuilder('nothing');
b.output(b.input('x', 'float32', [1]));
const graph = b.build();

/** Graphs by name, and the names of those that were let go, in order. */
function stock(): { readonly make: (name: string) => Prepared; readonly freed: string[] } {
  const freed: string[] = [];
  const report = { passesMs: 0, planMs: 0, compileMs: 0, uploadMs: 0 };
  const make = (name: string): Prepared => ({
    graph,
    report,
    run: () => Promise.resolve(new Map()),
    dispose: () => void freed.push(name),
  });
  return { make, freed };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('CompiledCache', () => {
  it('hands out what was added, and makes what is not there once', async () => {
    const { make } = stock();
    const cache = new CompiledCache();
    const first = make('first');
    cache.add('a', first);
    let made = 0;
    const use = (signature: string): Promise<Prepared> =>
      cache.use(
        signature,
        async () => (made++, make(signature)),
        async (prepared) => prepared,
      );
    expect(await use('a')).toBe(first);
    expect(made).toBe(0);
    expect(await use('b')).toBe(await use('b'));
    expect(made).toBe(1);
  });

  it('lets go what was used longest ago, and only when nobody uses it', async () => {
    const { make, freed } = stock();
    const cache = new CompiledCache();
    cache.add('first', make('first'));
    let release: (() => void) | undefined;
    const busy = cache.use(
      'first',
      async () => make('again'),
      () => new Promise<void>((resolve) => (release = resolve)),
    );
    for (let i = 0; i < MAX_COMPILED; i++) {
      await cache.use(
        `${i}`,
        async () => make(`${i}`),
        async () => undefined,
      );
    }
    await settled();
    expect(freed).toEqual([]);
    release?.();
    await busy;
    await settled();
    expect(freed).toEqual(['first']);
    cache.dispose();
    await settled();
    expect(freed).toEqual(['first', ...range(MAX_COMPILED).map(String)]);
  });

  it('keeps as many as it is told, and a number that is one', async () => {
    const { make, freed } = stock();
    const cache = new CompiledCache(1);
    cache.add('a', make('a'));
    cache.add('b', make('b'));
    await settled();
    expect(freed).toEqual(['a']);
    for (const most of [0, -1, 1.5, Number.NaN]) expect(() => new CompiledCache(most)).toThrow(/maxPlans/);
  });

  it('does not remember a graph that could not be made', async () => {
    const { make } = stock();
    const cache = new CompiledCache();
    const failing = cache.use(
      'a',
      () => Promise.reject(new Error('no')),
      async () => 'used',
    );
    await expect(failing).rejects.toThrow('no');
    const second = cache.use(
      'a',
      async () => make('a'),
      async () => 'used',
    );
    expect(await second).toBe('used');
  });
});

it('signatures tell extents apart, and which input has them', () => {
  const x = { name: 'x', shape: [1, 2] };
  const y = { name: 'y', shape: [1, 2] };
  expect(signatureOf([x])).not.toBe(signatureOf([y]));
  expect(signatureOf([x])).not.toBe(signatureOf([{ ...x, shape: [12] }]));
  const texts = [[0], [-0], [NaN], [Infinity], [0, 0]].map((elements) => signatureOf([{ ...x, elements }]));
  expect(new Set(texts).size).toBe(texts.length);
});
