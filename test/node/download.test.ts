/** Downloads against a server on loopback: cache, checksums, resuming, mirrors, every kind of failure. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LoadError } from '../../src/core/errors.ts';
import { fetchCached, type DownloadProgress, type FetchOptions } from '../../src/node/download.ts';
import { serveFiles, type FileServer } from '../helpers/file-server.ts';

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 253);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const SUM = sha256(CONTENT);

let server: FileServer;
let folder: string;
let url: string;

beforeEach(async () => {
  server = await serveFiles({ 'some/model.bin': CONTENT });
  folder = mkdtempSync(join(tmpdir(), 'tilewise-download-'));
  url = `${server.url}/some/model.bin`;
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (options: FetchOptions = {}): Promise<Uint8Array> =>
  fetchCached(url, { sha256: SUM, cacheDir: folder, retryMs: 10, ...options });
const unpinned = (): Promise<Uint8Array> => fetchCached(url, { cacheDir: folder });
const kept = (): string[] => readdirSync(folder);
/** The offsets that were asked for, in order. */
const continuedAt = (): number[] =>
  server.log.flatMap((line) => {
    const offset = / bytes=(\d+)-$/.exec(line)?.[1];
    return offset === undefined ? [] : [Number(offset)];
  });
const same = (bytes: Uint8Array): void => expect(sha256(bytes)).toBe(SUM);

describe('fetchCached with a checksum', () => {
  it('downloads once, with progress', async () => {
    const steps: DownloadProgress[] = [];
    same(await get({ onProgress: (s) => steps.push(s) }));
    expect(steps.at(0)).toEqual({ stage: 'download model.bin', done: 0, total: CONTENT.length });
    expect(steps.at(-1)?.done).toBe(CONTENT.length);
    same(await get());
    expect(server.log).toEqual(['GET /some/model.bin']);
    expect(kept()).toEqual([`${SUM.slice(0, 16)}-model.bin`]);
  });

  it('notices a damaged cache and downloads again', async () => {
    await get();
    writeFileSync(join(folder, kept()[0] ?? ''), CONTENT.subarray(5));
    same(await get());
    expect(server.log).toHaveLength(2);
  });

  it('continues after broken connections', async () => {
    server.manners.breaks = [100_000, 50_000];
    const done: number[] = [];
    same(await get({ onProgress: (s) => done.push(s.done) }));
    expect(server.log[0]).toBe('GET /some/model.bin');
    expect(server.log).toHaveLength(3);
    // What was on its way when a connection broke may be lost, and is asked for again.
    const [first = 0, second = 0] = continuedAt();
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(100_000);
    expect(second).toBeGreaterThanOrEqual(first);
    expect(second).toBeLessThanOrEqual(first + 50_000);
    expect([...done].sort((a, b) => a - b)).toEqual(done);
  });

  it('continues in the next call where the last one gave up', async () => {
    server.manners.breaks = [70_000, 10, 10, 10];
    const message = String(await get().catch((e: unknown) => e));
    const received = /failed after (\d+) bytes: .*Run it again to continue/.exec(message)?.[1];
    expect(kept()).toEqual([`${SUM.slice(0, 16)}-model.bin.part`]);
    same(await get());
    expect(continuedAt().at(-1)).toBe(Number(received));
    expect(kept()).toEqual([`${SUM.slice(0, 16)}-model.bin`]);
  });

  it('starts over where the server has no ranges', async () => {
    server.manners.breaks = [100_000];
    server.manners.ranges = false;
    same(await get());
  });

  it('refuses a wrong checksum and keeps nothing', async () => {
    const expected = sha256(Uint8Array.of(1));
    const error = await get({ sha256: expected }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(LoadError);
    expect(String(error)).toContain(`its SHA-256 is ${SUM}, expected ${expected}`);
    expect(kept()).toEqual([]);
    expect(server.log).toHaveLength(1);
  });

  it('does not blame the server for the remains of another file', async () => {
    const part = join(folder, `${SUM.slice(0, 16)}-model.bin.part`);
    writeFileSync(part, new Uint8Array(1000));
    same(await get());
    writeFileSync(join(folder, kept()[0] ?? ''), 'damaged');
    writeFileSync(part, new Uint8Array(CONTENT.length + 10)); // longer than the file: 416
    same(await get());
    writeFileSync(join(folder, kept()[0] ?? ''), 'damaged');
    writeFileSync(part, CONTENT); // complete, but never moved into place: 416 as well
    same(await get());
  });

  it('serves simultaneous callers without mixing their files up', async () => {
    for (const bytes of await Promise.all([get(), get(), get()])) same(bytes);
    expect(kept()).toEqual([`${SUM.slice(0, 16)}-model.bin`]);
  });

  it('takes over the lock of a process that died', async () => {
    writeFileSync(join(folder, `${SUM.slice(0, 16)}-model.bin.part.lock`), '999999999');
    same(await get());
    expect(kept()).toEqual([`${SUM.slice(0, 16)}-model.bin`]);
  });
});

describe('failures', () => {
  it('names the answer of the server', async () => {
    await expect(fetchCached(`${server.url}/none.bin`, { cacheDir: folder })).rejects.toThrow(
      /none\.bin: the server answered 404/,
    );
    server.manners.errors = [403];
    await expect(get()).rejects.toThrow(/403 Forbidden/);
    expect(server.log).toHaveLength(2);
    expect(kept()).toEqual([]);
  });

  it('tries again when the server is overloaded, and not for ever', async () => {
    server.manners.errors = [503, 429];
    same(await get());
    server.manners.errors = [503, 503, 503, 503, 503];
    await expect(get({ cacheDir: join(folder, 'other') })).rejects.toThrow(/503/);
    expect(server.log).toHaveLength(3 + 4);
  });

  it('gives up on a stalled server', async () => {
    server.manners.stalls = true;
    await expect(get({ stallMs: 60 })).rejects.toThrow(/no data for 0\.06 seconds/);
  });

  it('asks a server once that never answers, and takes files from the folder that the environment names', async () => {
    const asked: string[] = [];
    const deaf = createServer(({ url: path }) => asked.push(path ?? ''));
    await new Promise<void>((ready) => deaf.listen(0, '127.0.0.1', ready));
    const { port } = deaf.address() as AddressInfo;
    const ask = (): Promise<Uint8Array> =>
      fetchCached(`http://127.0.0.1:${port}/model.bin`, { sha256: SUM, cacheDir: folder, stallMs: 60, retryMs: 10 });
    try {
      await expect(ask()).rejects.toThrow(/no data for 0\.06 seconds/);
      expect(asked).toEqual(['/model.bin']);
      writeFileSync(join(folder, 'model.bin'), CONTENT);
      vi.stubEnv('TILEWISE_MIRROR', folder);
      same(await ask());
    } finally {
      vi.unstubAllEnvs();
      deaf.closeAllConnections();
      deaf.close();
    }
  });

  it('stops when told', async () => {
    server.manners.stalls = true;
    const stop = new AbortController();
    const onProgress = ({ done }: DownloadProgress): void => {
      if (done > 0) stop.abort();
    };
    await expect(get({ signal: stop.signal, onProgress })).rejects.toThrow(/cancelled/);
    expect(server.log).toHaveLength(1);
  });

  it('ends with what its listener throws, without another attempt', async () => {
    const thrown = new Error('of the listener');
    const onProgress = (): void => {
      throw thrown;
    };
    await expect(get({ onProgress })).rejects.toBe(thrown);
    expect(server.log).toHaveLength(1);
  });

  it('names a host that does not answer', async () => {
    await server.close();
    await expect(get()).rejects.toThrow(/download failed: .*ECONNREFUSED.*Check the network/);
    server = await serveFiles({});
  });

  it('refuses other addresses', async () => {
    await expect(fetchCached('ftp://example.org/x')).rejects.toThrow(/not an http or https address/);
    await expect(fetchCached('nonsense')).rejects.toThrow(/not an http/);
  });
});

describe('without a checksum', () => {
  it('asks the server whether its file has changed', async () => {
    same(await unpinned());
    same(await unpinned());
    expect(server.log).toHaveLength(2);
    server.manners.files['some/model.bin'] = Uint8Array.of(9, 9);
    expect([...(await unpinned())]).toEqual([9, 9]);
    expect([...(await unpinned())]).toEqual([9, 9]);
    server.manners.etags = false;
    expect([...(await unpinned())]).toEqual([9, 9]);
  });
});

describe('mirror', () => {
  it('takes the file by checksum, address or name, and never asks the network', async () => {
    const places = [SUM, join(new URL(url).host, 'some/model.bin'), 'some/model.bin', 'model.bin'];
    for (const [i, place] of places.entries()) {
      const mirror = join(folder, `mirror${i}`);
      mkdirSync(join(mirror, place, '..'), { recursive: true });
      writeFileSync(join(mirror, place), CONTENT);
      same(await get({ mirror }));
    }
    expect(server.log).toEqual([]);
  });

  it('gives a pinned file that is called otherwise, by its checksum', async () => {
    const mirror = join(folder, 'collected');
    mkdirSync(join(mirror, 'a-folder.bin'), { recursive: true });
    writeFileSync(join(mirror, 'another.bin'), 'something else');
    writeFileSync(join(mirror, 'my model.bin'), CONTENT);
    same(await get({ mirror }));
    await expect(fetchCached(url, { mirror })).rejects.toThrow(/does not hold it\. Put it there as model\.bin$/);
    expect(server.log).toEqual([]);
  });

  it('says what is missing or wrong', async () => {
    await expect(get({ mirror: folder })).rejects.toThrow(
      /does not hold it.*Put it there, as model\.bin or under another name/,
    );
    writeFileSync(join(folder, 'model.bin'), 'other');
    await expect(get({ mirror: folder })).rejects.toThrow(/SHA-256/);
    expect(existsSync(join(folder, 'model.bin'))).toBe(true); // a mirror is the user's
    writeFileSync(join(folder, 'secret'), 'x');
    const sub = join(folder, 'sub');
    mkdirSync(sub);
    mkdirSync(join(folder, 'sub-way'));
    writeFileSync(join(folder, 'sub-way', 'secret'), 'x');
    for (const outside of ['%2e%2e%2fsecret', '%2e%2e%2fsub-way%2fsecret'])
      await expect(fetchCached(`${server.url}/${outside}`, { mirror: sub })).rejects.toThrow(/does not hold it/);
  });
});
