/** The cache folder where it cannot be written, and for users that the system knows nothing of: as in containers. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LoadError } from '../../src/core/errors.ts';
import { cacheFolder } from '../../src/node/cache.ts';
import { fetchCached } from '../../src/node/download.ts';
import { fileTuningCache } from '../../src/node/tuning-cache.ts';
import { serveFiles } from '../helpers/file-server.ts';

/** What the system refuses; root may write everywhere. */
const system = vi.hoisted(() => ({ readOnly: '', knowsUser: true }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const accessSync: typeof fs.accessSync = (path, mode) => {
    if (path === system.readOnly) throw new Error('EROFS: read-only file system');
    fs.accessSync(path, mode);
  };
  return { ...fs, accessSync };
});
vi.mock('node:os', async (original) => {
  const os = await original<typeof import('node:os')>();
  const homedir = (): string => {
    if (!system.knowsUser) throw new Error('uv_os_homedir returned ENOENT');
    return os.homedir();
  };
  return { ...os, homedir };
});

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tilewise-cache-'));
  Object.assign(system, { readOnly: '', knowsUser: true });
  vi.stubEnv('TILEWISE_CACHE', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it('what a folder holds is taken although it cannot be written', async () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const server = await serveFiles({ 'a.bin': bytes, 'b.bin': bytes });
  try {
    await fetchCached(`${server.url}/a.bin`, { sha256 });
    await fileTuningCache().set('k', 'v');
    system.readOnly = folder;
    expect(await fetchCached(`${server.url}/a.bin`, { sha256 })).toEqual(Buffer.from(bytes));
    expect(server.log).toHaveLength(1);
    expect([await fileTuningCache().get('k'), await fileTuningCache().get('other')]).toEqual(['v', undefined]);
    const refused = [fetchCached(`${server.url}/b.bin`, { sha256 }), fileTuningCache().set('k', 'w')];
    for (const call of refused) await expect(call).rejects.toThrow(/no writable cache folder.*TILEWISE_CACHE/);
  } finally {
    await server.close();
  }
});

it('is found for a user without a name and a home', async () => {
  system.knowsUser = false;
  expect(cacheFolder()).toBe(folder);
  vi.stubEnv('TILEWISE_CACHE', '');
  vi.stubEnv('XDG_CACHE_HOME', '/proc/none');
  expect(cacheFolder()).toBe(join(tmpdir(), `tilewise-${process.getuid?.() ?? -1}`));
  mkdirSync(join(folder, 'home'));
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'home'));
  expect(cacheFolder()).toBe(join(folder, 'home', 'tilewise'));
  vi.stubEnv('TILEWISE_CACHE', '/proc/none');
  expect(cacheFolder).toThrow(LoadError);
});
