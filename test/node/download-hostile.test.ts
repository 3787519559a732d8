/** Servers that change their file on the way, answer what was not asked, or lie about lengths; and caches that were tampered with. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LoadError } from '../../src/core/errors.ts';
import { fetchCached, type FetchOptions } from '../../src/node/download.ts';
import { closeSoon } from '../helpers/file-server.ts';

const LENGTH = 20_000;
const OLD = new Uint8Array(LENGTH).fill(1);
const NEW = new Uint8Array(LENGTH).fill(2);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

let server: Server;
let url: string;
let folder: string;
/** One a request, the last for all that follow. */
let answers: Answer[];
let requests: IncomingMessage['headers'][];

beforeEach(async () => {
  [answers, requests] = [[], []];
  folder = mkdtempSync(join(tmpdir(), 'tilewise-hostile-'));
  server = createServer((request, response) => {
    requests.push(request.headers);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/m.bin`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true, force: true });
});

const get = (options: FetchOptions = {}): Promise<Uint8Array> =>
  fetchCached(url, { cacheDir: folder, retryMs: 1, ...options });
const failure = async (options: FetchOptions = {}): Promise<LoadError> => {
  const error: unknown = await get(options).then(
    () => 'an answer',
    (reason: unknown) => reason,
  );
  if (!(error instanceof LoadError)) throw new TypeError(`no LoadError: ${String(error)}`);
  return error;
};

/** Sends all of the file, or its first bytes and then nothing more. */
const whole =
  (bytes: Uint8Array, headers: Record<string, string> = {}, cut?: number): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-length': bytes.length, ...headers });
    if (cut === undefined) response.end(bytes);
    else response.write(bytes.subarray(0, cut), () => closeSoon(response));
  };

/** Packs the file by gzip, and sends all of it or only the beginning. */
const packed = (bytes: Uint8Array, cut?: number): Answer =>
  whole(gzipSync(bytes), { etag: '"z"', 'content-encoding': 'gzip' }, cut);

/** Sends the range that was asked for, whatever tag it was asked for with. */
const part =
  (bytes: Uint8Array, headers: Record<string, string> = {}): Answer =>
  (request, response) => {
    if (request.headers.range === undefined) return whole(bytes, headers)(request, response);
    const from = Number(/\d+/.exec(request.headers.range)?.[0]);
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    return response.writeHead(206, { 'content-range': range, ...headers }).end(bytes.subarray(from));
  };

/** As servers should: the range if the tag is still the same, all of the file otherwise. */
const honest =
  (bytes: Uint8Array, etag: string): Answer =>
  (request, response) =>
    (request.headers['if-range'] === etag ? part : whole)(bytes, { etag })(request, response);

describe('a file that changes between attempts', () => {
  it.each<[string, Answer, Answer]>([
    ['and a server that heeds If-Range', whole(OLD, { etag: '"a"' }, 5000), honest(NEW, '"b"')],
    ['and a server that does not', whole(OLD, { etag: '"a"' }, 5000), part(NEW, { etag: '"b"' })],
    ['without tags', whole(OLD, {}, 5000), whole(NEW)],
    ['without tags, ranges sent all the same', whole(OLD, {}, 5000), part(NEW)],
    ['with weak tags', whole(OLD, { etag: 'W/"a"' }, 5000), part(NEW, { etag: 'W/"a"' })],
    ['with a tag that parts lack', whole(OLD, { etag: '"a"' }, 5000), part(NEW)],
    [
      'to another length, the tag being the same',
      whole(OLD, { etag: '"a"' }, 5000),
      part(NEW.subarray(5), { etag: '"a"' }),
    ],
  ])('is never taken for one of both, %s', async (_, first, then) => {
    answers = [first, then, whole(NEW, { etag: '"b"' })];
    expect(sha256(await get())).toBe(sha256(NEW));
  });

  it('keeps the tag of what it kept', async () => {
    answers = [whole(OLD, { etag: '"a"' }, 5000), honest(NEW, '"b"')];
    await get();
    expect(requests[1]).toMatchObject({ range: 'bytes=5000-', 'if-range': '"a"' });
    answers = [(_, response) => response.writeHead(304).end()];
    expect(sha256(await get())).toBe(sha256(NEW));
    expect(requests.at(-1)).toMatchObject({ 'if-none-match': '"b"' });
    expect(requests.at(-1)?.range).toBeUndefined();
  });

  it('continues where the tag is the same', async () => {
    answers = [whole(OLD, { etag: '"a"' }, 5000), honest(OLD, '"a"')];
    expect(sha256(await get())).toBe(sha256(OLD));
    expect(requests).toHaveLength(2);
  });

  it('gives up on one that never stays', async () => {
    let version = 0;
    answers = [(request, response) => whole(OLD, { etag: `"${version++}"` }, 5000)(request, response)];
    expect((await failure()).message).toMatch(/failed after \d+ bytes/);
    expect(requests).toHaveLength(4);
    expect(readdirSync(folder).filter((name) => !name.endsWith('.part'))).toEqual([]);
  });

  it('is found out by a checksum, and only what fits it is kept', async () => {
    answers = [whole(OLD, {}, 5000), part(NEW), whole(NEW)];
    expect((await failure({ sha256: sha256(OLD) })).message).toMatch(/SHA-256/);
    answers = [whole(OLD)];
    expect(sha256(await get({ sha256: sha256(OLD) }))).toBe(sha256(OLD));
  });
});

describe('an answer that does not fit', () => {
  it.each<[string, Answer, RegExp]>([
    ['304 without a file here', (_, r) => r.writeHead(304).end(), /304 Not Modified, which was not asked for/],
    [
      'a part that was not asked for',
      (_, r) => r.writeHead(206, { 'content-range': 'bytes 0-0/1' }).end('x'),
      /206 Partial Content, which was not asked for/,
    ],
    ['no content', (_, r) => r.writeHead(204).end(), /answered 204/],
    ['a range nobody has', (_, r) => r.writeHead(416, { 'content-range': 'bytes */5' }).end(), /answered 416/],
    ['a length that never comes', whole(OLD.subarray(0, 99), {}, 1), /download failed/],
  ])('%s', async (_, answer, message) => {
    answers = [answer];
    expect((await failure()).message).toMatch(message);
  });

  it.each<[string, string]>([
    ['begins elsewhere', 'bytes 0-19999/20000'],
    ['ends before it begins', 'bytes 5000-4000/20000'],
    ['ends behind the file', 'bytes 5000-20000/20000'],
    ['is shorter than it says', 'bytes 5000-5009/20000'],
    ['has no end', 'bytes 5000-/20000'],
    ['is of several parts', 'multipart'],
    ['is missing', ''],
  ])('a range that %s', async (_, range) => {
    answers = [
      whole(OLD, { etag: '"a"' }, 5000),
      (__, response) =>
        response
          .writeHead(206, { etag: '"a"', 'content-length': 100, ...(range ? { 'content-range': range } : {}) })
          .end(OLD.subarray(0, 100)),
    ];
    expect((await failure()).message).toMatch(/unexpected range/);
  });

  it('a range of unknown total is measured by the first answer', async () => {
    const rest =
      (to: number): Answer =>
      (_, response) =>
        response.writeHead(206, { etag: '"a"', 'content-range': `bytes 5000-${to - 1}/*` }).end(OLD.subarray(5000, to));
    answers = [whole(OLD, { etag: '"a"' }, 5000), rest(LENGTH)];
    expect(sha256(await get())).toBe(sha256(OLD));
  });

  it('a range that is cut short is continued', async () => {
    const piece =
      (from: number, to: number): Answer =>
      (_, response) =>
        response
          .writeHead(206, { etag: '"a"', 'content-range': `bytes ${from}-${to - 1}/${LENGTH}` })
          .end(OLD.subarray(from, to));
    answers = [whole(OLD, { etag: '"a"' }, 5000), piece(5000, 9000), piece(9000, LENGTH)];
    expect(sha256(await get())).toBe(sha256(OLD));
  });
});

describe('an answer without end', () => {
  /** Sends pieces until the other side has had enough; `stop` is told after a few. */
  const endless =
    (status: number, headers: Record<string, string>, everyMs = 0): Answer =>
    async (_, response) => {
      response.writeHead(status, headers);
      while (!response.destroyed) {
        response.write(OLD);
        sent += LENGTH;
        await pause(everyMs);
        if (sent > 5 * LENGTH) stop.abort();
      }
    };
  let sent = 0;
  let stop: AbortController;
  beforeEach(() => {
    [sent, stop] = [0, new AbortController()];
  });

  it('is left where it is longer than it said', async () => {
    const range = { etag: '"a"', 'content-range': `bytes 5000-${LENGTH - 1}/${LENGTH}` };
    answers = [whole(OLD, { etag: '"a"' }, 5000), endless(206, range), whole(NEW)];
    expect(sha256(await get())).toBe(sha256(NEW));
    expect(sent).toBeLessThan(200 * LENGTH);
  });

  it.each<[string, Answer]>([
    ['of pieces', endless(200, {})],
    ['of drops', endless(200, {}, 20)],
    ['of packed pieces', endless(200, { 'content-encoding': 'x' })],
  ])('%s ends with its signal', async (_, answer) => {
    answers = [answer];
    expect((await failure({ signal: stop.signal })).message).toMatch(/was cancelled/);
    expect(requests).toHaveLength(1);
  });

  it('is not waited for between attempts, either', async () => {
    answers = [(_, response) => response.writeHead(503).end(() => setTimeout(() => stop.abort(), 100))];
    expect((await failure({ signal: stop.signal, retryMs: 60 * 60_000 })).message).toMatch(/was cancelled/);
    expect(requests).toHaveLength(1);
  });
});

describe('a packed answer', () => {
  it('is unpacked', async () => {
    answers = [packed(OLD)];
    expect(sha256(await get())).toBe(sha256(OLD));
  });

  it('that is torn is not taken for all of it', async () => {
    answers = [packed(OLD, 30), packed(NEW)];
    expect(sha256(await get())).toBe(sha256(NEW));
    answers = [packed(OLD, 30)];
    expect(await failure()).toMatchObject({ code: 'LOAD_FAILED' });
  });
});

const name = (): string => readdirSync(folder).find((file) => file.endsWith('-m.bin')) ?? '';

describe('a cache that was tampered with', () => {
  it.each(['', '.json', '.part', '.part.lock'])('has a folder in the place of FILE%s', async (suffix) => {
    answers = [whole(OLD, { etag: '"a"' })];
    await get();
    const file = join(folder, name());
    rmSync(`${file}${suffix}`, { force: true });
    mkdirSync(`${file}${suffix}`);
    writeFileSync(join(`${file}${suffix}`, 'x'), 'x');
    expect(await failure()).toMatchObject({ message: expect.stringMatching(/a folder lies where.*Remove it/) });
    expect(requests).toHaveLength(1);
  });

  it.each(['', '.json', '.part', '.part.lock'])('has a pipe in the place of FILE%s', async (suffix) => {
    answers = [whole(OLD, { etag: '"a"' })];
    await get();
    const file = `${join(folder, name())}${suffix}`;
    rmSync(file, { force: true });
    execFileSync('mkfifo', [file]);
    expect((await failure()).message).toMatch(/a pipe or device lies where/);
  });

  it('is cut short, or other bytes: it is fetched again, without a condition', async () => {
    answers = [whole(OLD, { etag: '"a"' })];
    await get();
    truncateSync(join(folder, name()), 7);
    expect(sha256(await get())).toBe(sha256(OLD));
    writeFileSync(join(folder, name()), NEW);
    expect(sha256(await get())).toBe(sha256(OLD));
    expect(requests.map((headers) => headers['if-none-match'])).toEqual([undefined, undefined, undefined]);
  });

  it.each(['{', 'null', '[]', '{"sha256":1,"etag":null}', '{"etag":"\\"a\\""}'])('has the record %s', async (text) => {
    answers = [whole(OLD, { etag: '"a"' })];
    await get();
    writeFileSync(join(folder, `${name()}.json`), text);
    expect(sha256(await get())).toBe(sha256(OLD));
    expect(JSON.parse(readFileSync(join(folder, `${name()}.json`), 'utf8'))).toEqual({
      sha256: sha256(OLD),
      etag: '"a"',
    });
  });

  it('has a record whose tag would break the request', async () => {
    answers = [whole(OLD, { etag: '"a"' })];
    await get();
    writeFileSync(join(folder, `${name()}.json`), JSON.stringify({ sha256: sha256(OLD), etag: '"a"\r\nx-evil: 1' }));
    expect(sha256(await get())).toBe(sha256(OLD));
    expect(requests.at(-1)?.['x-evil']).toBeUndefined();
  });
});

it('takes addresses whose escapes stand for no text', async () => {
  answers = [whole(OLD)];
  url = `${url}%ff%`;
  expect(sha256(await get())).toBe(sha256(OLD));
  expect((await failure({ mirror: folder })).message).toMatch(/mirror folder/);
});
