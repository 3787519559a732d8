/** What the tuner remembers: keys, persistence, several writers, caches that are broken. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../../src/core/version.ts';
import type { AdapterPeaks } from '../../src/measure/adapter-peaks.ts';
import { variantNames } from '../../src/kernels/registry.ts';
import { tuningKey, type TuningCache } from '../../src/measure/tuning-key.ts';
import { TuningStore } from '../../src/measure/tuning-store.ts';

const info = { vendor: 'v', architecture: 'a', device: 'd', description: 'driver 1', isFallbackAdapter: false };

/** As much of a device as the store looks at. */
function device(
  change: Partial<typeof info> & { readonly driver?: string } = {},
  features: readonly string[] = [],
): GPUDevice {
  return { adapterInfo: { ...info, ...change }, features: new Set(features) } as unknown as GPUDevice;
}

function memory(): TuningCache & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    get: (key) => Promise.resolve(entries.get(key)),
    set: (key, value) => {
      entries.set(key, value);
      return Promise.resolve();
    },
  };
}

const refuse = (): Promise<never> => Promise.reject(new Error('no storage for you'));
const family = (variants: readonly string[]) => ({ Conv: { variants, winners: { s1: 'direct' } } });
const conv = (signature: string) => ({ op: 'Conv', signature }) as const;
const peaks: AdapterPeaks = {
  gflops: 1,
  gbps: 2,
  dispatchUs: 3,
  roundTripUs: 4,
  timing: 'wall',
  arithmetic: [{ kernel: 'k', rate: 1 }],
  bandwidth: [],
};

describe('the key', () => {
  it('tells adapters, drivers, features and versions apart, and nothing else', () => {
    const base = tuningKey(device());
    expect(tuningKey(device({}, ['timestamp-query']))).toBe(base);
    expect(base).toContain(VERSION);
    const others = [
      device({ vendor: 'w' }),
      device({ architecture: 'b' }),
      device({ device: 'e' }),
      device({ description: 'driver 2' }),
      device({}, ['subgroups']),
      device({}, ['shader-f16']),
      device({ driver: '7' }),
    ].map(tuningKey);
    expect(new Set([base, ...others]).size).toBe(others.length + 1);
  });

  it('names the version of the manifest', () => {
    const manifest: { version: string } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect(VERSION).toBe(manifest.version);
  });
});

describe('the store', () => {
  it('remembers winners and peaks of one adapter', async () => {
    const cache = memory();
    const store = await TuningStore.open(device(), cache);
    store.remember(conv('s1'), 'direct');
    store.setPeaks(peaks);
    expect(cache.entries.size).toBe(0);
    await store.save();
    const again = await TuningStore.open(device(), cache);
    expect([...again.winners]).toEqual([['s1', 'direct']]);
    expect(again.peaks).toEqual(peaks);
    expect(again.note).toBeUndefined();
    expect((await TuningStore.open(device({ vendor: 'w' }), cache)).winners.size).toBe(0);
  });

  it('keeps what another wrote in the meantime', async () => {
    const cache = memory();
    const [a, b] = await Promise.all([TuningStore.open(device(), cache), TuningStore.open(device(), cache)]);
    a.remember(conv('s1'), 'direct');
    b.remember(conv('s2'), 'depthwise');
    b.remember({ op: 'Gemm', signature: 's3' }, 'row');
    await a.save();
    await b.save();
    const { winners } = await TuningStore.open(device(), cache);
    expect(Object.fromEntries(winners)).toEqual({ s1: 'direct', s2: 'depthwise', s3: 'row' });
  });

  it('writes nothing when nothing was learnt', async () => {
    const cache = memory();
    await (await TuningStore.open(device(), cache)).save();
    expect(cache.entries.size).toBe(0);
  });

  it('forgets winners of operators that have other variants by now', async () => {
    const cache = memory();
    const names = [...variantNames('Conv')];
    expect(names).toContain('direct');
    const entry = (variants: readonly string[]) =>
      cache.set(tuningKey(device()), JSON.stringify({ families: family(variants) }));
    await entry(names);
    expect((await TuningStore.open(device(), cache)).winners.size).toBe(1);
    await entry(names.slice(1));
    const store = await TuningStore.open(device(), cache);
    expect(store.winners.size).toBe(0);
    store.remember(conv('s2'), 'direct');
    await store.save();
    expect([...(await TuningStore.open(device(), cache)).winners.keys()]).toEqual(['s2']);
  });

  it.each([
    'cut off {"fam',
    '',
    'null',
    '[]',
    '3',
    '{}',
    '{"families": 1}',
    '{"families": {"Conv": null}}',
    '{"families": {"Conv": {"variants": "direct", "winners": {}}}}',
    '{"families": {"Conv": {"variants": ["direct"], "winners": {"s1": 7}}}}',
  ])('ignores a corrupt entry, says so, and replaces it: %s', async (text) => {
    const cache = memory();
    cache.entries.set(tuningKey(device()), text);
    const store = await TuningStore.open(device(), cache);
    expect(store.winners.size).toBe(0);
    expect(store.note).toMatch(/corrupt/);
    store.remember(conv('s1'), 'direct');
    await store.save();
    expect((await TuningStore.open(device(), cache)).winners.get('s1')).toBe('direct');
  });

  it('ignores peaks that are none', async () => {
    const cache = memory();
    cache.entries.set(tuningKey(device()), JSON.stringify({ peaks: { gflops: 'fast' }, families: {} }));
    const store = await TuningStore.open(device(), cache);
    expect([store.peaks, store.note]).toEqual([undefined, undefined]);
  });

  it('goes on without a cache that refuses', async () => {
    const store = await TuningStore.open(device(), { get: refuse, set: refuse });
    expect(store.note).toMatch(/cannot be read.*no storage for you/);
    store.remember(conv('s1'), 'direct');
    await store.save();
    expect(store.note).toMatch(/cannot be written.*no storage for you/);
    expect(store.winners.get('s1')).toBe('direct');
    const none = await TuningStore.open(device(), undefined);
    none.remember(conv('s1'), 'direct');
    await none.save();
    expect([none.winners.size, none.note]).toEqual([1, undefined]);
  });
});
