/** Tuning and profiling in a page: what was measured is there after a reload, and a broken cache is no obstacle. */
import { describe, expect, it } from 'vitest';
import { tinyClassifier } from '../helpers/command.ts';
import { withPages } from '../helpers/page-server.ts';

const MODEL = '/files/tiny.onnx';

describe('tuning in Chromium', () => {
  const open = withPages(new Map([['tiny.onnx', tinyClassifier()]]));

  it('remembers in IndexedDB what it measured, also for other pages', async () => {
    const first = await open();
    const nothing = await first.evaluate((model) => globalThis.page.tune(model, 'cached'), MODEL);
    expect(nothing.tuning).toMatchObject({ mode: 'cached', remembered: 0, measured: 0 });
    const full = await first.evaluate((model) => globalThis.page.tune(model, 'full'), MODEL);
    expect(full.tuning).toMatchObject({ mode: 'full', remembered: 0, left: 0 });
    expect(full.tuning?.measured).toBeGreaterThan(0);
    expect(full.tuning?.note).toBeUndefined();
    await first.close();
    const second = await open();
    const cached = await second.evaluate((model) => globalThis.page.tune(model, 'cached'), MODEL);
    expect(cached.tuning).toMatchObject({ mode: 'cached', remembered: full.tuning?.measured, measured: 0 });
    expect(cached.result).toHaveLength(4);
    cached.result.forEach((v, i) => expect(v).toBeCloseTo(nothing.result[i] ?? NaN, 5));
    await second.close();
  });

  it('goes on with a note when the cache is corrupt', async () => {
    const tab = await open();
    await tab.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open('tilewise', 1);
        opening.addEventListener('success', () => resolve(opening.result));
        opening.addEventListener('error', () => reject(opening.error ?? new Error('not opened')));
      });
      const store = database.transaction('tuning', 'readwrite').objectStore('tuning');
      const keys = await new Promise<IDBValidKey[]>((resolve) => {
        const asking = store.getAllKeys();
        asking.addEventListener('success', () => resolve(asking.result));
      });
      for (const key of keys) store.put('{"families"', key);
      await new Promise((resolve) => store.transaction.addEventListener('complete', resolve));
      database.close();
    });
    const { tuning, result } = await tab.evaluate((model) => globalThis.page.tune(model, 'cached'), MODEL);
    expect(tuning?.note).toMatch(/corrupt/);
    expect(result).toHaveLength(4);
    await tab.close();
  });

  it('profiles a page by the clock that the page has', async () => {
    const tab = await open();
    const { timing, totals, steps } = await tab.evaluate((model) => globalThis.page.profile(model), MODEL);
    expect(['timestamp', 'wall']).toContain(timing);
    expect(steps).toBeGreaterThan(2);
    expect(totals.steps).toBe(steps);
    expect(totals.runMs).toBeGreaterThan(0);
    await tab.close();
  });
});
