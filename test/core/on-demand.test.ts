/** What is loaded on demand: once, together, again after a failure, and never before it is asked for. */
import { describe, expect, it } from 'vitest';
import { LoadError } from '../../src/core/errors.ts';
import { getRow, Lazy, lazy, loadRow, onDemand } from '../../src/core/on-demand.ts';

/** A promise, and the functions that settle it. */
function pending<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let settle: Pick<ReturnType<typeof pending<T>>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
  const { resolve, reject } = settle ?? {};
  if (!resolve || !reject) throw new Error('promises call their executor at once');
  return { promise, resolve, reject };
}

describe('onDemand', () => {
  it('gives what was loaded', async () => {
    await expect(onDemand('part', () => Promise.resolve(7))).resolves.toBe(7);
  });

  it('names the part that cannot be fetched, and the cause', async () => {
    const cause = new TypeError('offline');
    const failing = onDemand('further operators', () => Promise.reject(cause));
    await expect(failing).rejects.toThrow(LoadError);
    await expect(failing).rejects.toThrow(/cannot load its further operators \(TypeError: .*tilewise\/all/);
    await expect(failing).rejects.toMatchObject({ code: 'LOAD_FAILED', cause });
  });
});

describe('Lazy', () => {
  it('is loaded once, by all who ask', async () => {
    const { promise, resolve } = pending<object>();
    let calls = 0;
    const part = new Lazy('part', () => (calls++, promise));
    expect(calls).toBe(0);
    const [first, second] = [part.load(), part.load()];
    expect(calls).toBe(1);
    const value = {};
    resolve(value);
    expect(await first).toBe(value);
    expect(await second).toBe(value);
    expect(await part.load()).toBe(value);
    expect(part.get()).toBe(value);
    expect(part.peek()).toBe(value);
    expect(calls).toBe(1);
  });

  it('throws a typed error that names it until it is there', async () => {
    const { promise, resolve } = pending<object>();
    const part = new Lazy('top-k kernel', () => promise);
    expect(() => part.get()).toThrow(LoadError);
    const loading = part.load();
    expect(() => part.get()).toThrow(/top-k kernel is not loaded/);
    expect(part.peek()).toBeUndefined();
    resolve({});
    await loading;
    expect(() => part.get()).not.toThrow();
  });

  it('fails for all who wait, and is tried again', async () => {
    const attempts = [pending<object>(), pending<object>()];
    let calls = 0;
    const part = new Lazy('part', () => attempts[calls++]?.promise ?? Promise.reject(new Error('one too many')));
    const waiting = [part.load(), part.load()];
    attempts[0]?.reject(new TypeError('offline'));
    for (const load of waiting) await expect(load).rejects.toThrow(LoadError);
    expect(() => part.get()).toThrow(LoadError);
    const again = part.load();
    const value = {};
    attempts[1]?.resolve(value);
    expect(await again).toBe(value);
    expect(calls).toBe(2);
  });
});

describe('lazy', () => {
  it('takes an export of a module, by its name', async () => {
    const row = lazy(() => import('../../src/core/version.ts').then((module) => ({ module })), 'module');
    expect(() => row.get()).toThrow(/module is not loaded/);
    expect((await row.load()).VERSION).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe('rows', () => {
  it('are plain or lazy, and read the same', async () => {
    const value = { name: 'plain' };
    expect(getRow(value)).toBe(value);
    expect(await loadRow(value)).toBe(value);
    const row = lazy(() => Promise.resolve({ value }), 'value');
    expect(() => getRow(row)).toThrow(LoadError);
    expect(await loadRow(row)).toBe(value);
    expect(getRow(row)).toBe(value);
  });
});
