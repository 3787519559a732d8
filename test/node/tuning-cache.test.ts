/** The tuner's file: written whole, one an adapter, and errors that name it. */
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LoadError } from '../../src/core/errors.ts';
import { fileTuningCache } from '../../src/node/tuning-cache.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tilewise-tuning-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the tuning file', () => {
  it('keeps text by key, whatever is in the key', async () => {
    const keys = ['a', '["tilewise","../../etc/passwd"]', 'ä\0/b', 'x'.repeat(5000)];
    const cache = fileTuningCache({ folder });
    for (const key of keys) expect(await cache.get(key)).toBeUndefined();
    for (const key of keys) await cache.set(key, `value of ${key}`);
    const again = fileTuningCache({ folder });
    for (const key of keys) expect(await again.get(key)).toBe(`value of ${key}`);
    const files = readdirSync(join(folder, 'tuning'));
    expect(files).toHaveLength(keys.length);
    expect(files.every((name) => /^[0-9a-f]{32}\.json$/.test(name))).toBe(true);
  });

  it('replaces, and leaves no temporary files', async () => {
    const cache = fileTuningCache({ folder });
    await Promise.all(['1', '2', '3'].map((value) => cache.set('k', value)));
    expect(['1', '2', '3']).toContain(await cache.get('k'));
    expect(readdirSync(join(folder, 'tuning'))).toHaveLength(1);
  });

  it.runIf(process.getuid?.() === 0)('is in no folder of another user, where all may write', async ({ skip }) => {
    try {
      chownSync(folder, 12345, 12345);
    } catch (error) {
      skip(`this container has no other users: ${String(error)}`);
    }
    const before = process.env['TILEWISE_CACHE'];
    process.env['TILEWISE_CACHE'] = folder;
    try {
      await expect((async () => fileTuningCache().set('k', 'v'))()).rejects.toThrow(/no writable cache folder/);
    } finally {
      if (before === undefined) delete process.env['TILEWISE_CACHE'];
      else process.env['TILEWISE_CACHE'] = before;
    }
  });

  it('uses the cache folder that the environment names', async () => {
    const before = process.env['TILEWISE_CACHE'];
    process.env['TILEWISE_CACHE'] = join(folder, 'named');
    try {
      await fileTuningCache().set('k', 'v');
      expect(readdirSync(join(folder, 'named', 'tuning'))).toHaveLength(1);
    } finally {
      if (before === undefined) delete process.env['TILEWISE_CACHE'];
      else process.env['TILEWISE_CACHE'] = before;
    }
  });

  it('says which file cannot be read or written', async () => {
    const cache = fileTuningCache({ folder });
    await cache.set('k', 'v');
    const [name = ''] = readdirSync(join(folder, 'tuning'));
    rmSync(join(folder, 'tuning', name));
    mkdirSync(join(folder, 'tuning', name));
    await expect(cache.get('k')).rejects.toThrow(LoadError);
    await expect(cache.get('k')).rejects.toThrow(name);
    writeFileSync(join(folder, 'file'), '');
    await expect(fileTuningCache({ folder: join(folder, 'file') }).set('k', 'v')).rejects.toThrow();
  });
});
