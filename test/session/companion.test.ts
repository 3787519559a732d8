/** Which files a model may name: in a page and from URLs in Node by `companionAddress`, on disk by `readBeside`. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError, LoadError } from '../../src/core/errors.ts';
import { openModel } from '../../src/node/model-source.ts';
import { checkHosts, companionAddress } from '../../src/session/companion.ts';
import { toModelFiles } from '../../src/session/model-source.ts';
import { inProcess } from '../helpers/command.ts';

const MAIN = new URL('https://a.example/models/net/model.json?v=1');

describe('companionAddress', () => {
  it.each([
    ['shard.bin', 'https://a.example/models/net/shard.bin'],
    ['./deep/shard 1.bin', 'https://a.example/models/net/deep/shard%201.bin'],
    ['deep/../shard.bin', 'https://a.example/models/net/shard.bin'],
    ['https://a.example/models/net/shard.bin', 'https://a.example/models/net/shard.bin'],
    ['//a.example/models/net/x', 'https://a.example/models/net/x'],
    ['ünï.bin', 'https://a.example/models/net/%C3%BCn%C3%AF.bin'],
  ])('takes %s', (name, address) => {
    expect(companionAddress(name, MAIN).href).toBe(address);
  });

  it.each([
    '',
    '.',
    './',
    '..',
    '../x',
    'a/../../x',
    '/etc/passwd',
    '/models/net2/x',
    '/models/ne',
    '%2e%2e/x',
    '.%2E/x',
    'a/%2e%2e%2f%2e%2e/x',
    '..%2fx',
    '..%5cx',
    '..\\x',
    '\\\\b.example\\x',
    'a%00.bin',
    'a\0.bin',
    '.\t./x',
    '.\n./.\n./x',
    'https://b.example/models/net/x',
    '//b.example/models/net/x',
    'https://a.example:8443/models/net/x',
    'http://a.example/models/net/x',
    'https://user:word@a.example/models/net/x',
    'https://a.example@b.example/models/net/x',
    'file:///etc/passwd',
    'file:model.bin',
    'C:\\x',
    'c:/x',
    'data:,x',
    'blob:https://a.example/1',
    'javascript:1',
    'ftp://a.example/models/net/x',
    'http://[',
  ])('refuses %j', (name) => {
    expect(() => companionAddress(name, MAIN)).toThrow(LoadError);
    expect(() => companionAddress(name, MAIN, ['cdn.example'])).toThrow(LoadError);
  });

  it('takes what lies on hosts that are allowed, and says how to allow them', () => {
    const cdn = 'https://CDN.example:443/any/where.bin';
    expect(() => companionAddress(cdn, MAIN)).toThrow(/another host, cdn\.example\. .*allowHosts: \["cdn\.example"\]/);
    for (const allowed of ['cdn.example', 'CDN.EXAMPLE', 'cdn.example:443']) {
      expect(companionAddress(cdn, MAIN, [allowed]).href).toBe('https://cdn.example/any/where.bin');
    }
    for (const other of ['cdn.example:8443', 'example', 'x.cdn.example']) {
      expect(() => companionAddress(cdn, MAIN, [other])).toThrow(LoadError);
    }
    expect(() => companionAddress('file://cdn.example/x', MAIN, ['cdn.example'])).toThrow(LoadError);
  });

  it('has no files beside addresses without a folder', () => {
    for (const main of ['data:application/json,1', 'blob:https://a.example/1']) {
      expect(() => companionAddress('x.bin', new URL(main))).toThrow(/address has no folder.*Pass all files/);
    }
  });
});

it.each(
  [['https://a.example'], ['a.example/x'], [''], ['a b'], ['a@b'], [1], 'a.example', 7, null, {}].map((v) => [v]),
)('allowHosts cannot be %j', async (allowHosts) => {
  expect(() => checkHosts(allowHosts)).toThrow(InputError);
  const given = { allowHosts: allowHosts as string[] };
  await expect(openModel('https://a.example/m.onnx', given)).rejects.toBeInstanceOf(InputError);
  if (allowHosts !== null) {
    await expect(toModelFiles('https://a.example/m.onnx', given)).rejects.toBeInstanceOf(InputError);
  }
});

/** A server whose `/go` sends on to the same path of another. */
async function serve(onward?: string): Promise<{ base: string; host: string; close: () => void; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    const { pathname } = new URL(request.url ?? '', 'http://x');
    if (pathname.startsWith('/go/')) response.writeHead(302, { location: `${onward ?? ''}${pathname.slice(3)}` }).end();
    else response.end(pathname);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { base: `http://${host}`, host, seen, close: () => server.close() };
}

const text = async (bytes: Promise<Uint8Array>): Promise<string> => new TextDecoder().decode(await bytes);

describe.each(['page', 'Node'] as const)('a model from a URL, as in a %s', (where) => {
  let cache: string;
  let cdn: Awaited<ReturnType<typeof serve>>;
  let own: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    cache = mkdtempSync(join(tmpdir(), 'tilewise-companion-'));
    cdn = await serve();
    own = await serve(cdn.base);
  });
  afterAll(() => {
    [own, cdn].forEach(({ close }) => close());
    rmSync(cache, { recursive: true, force: true });
  });
  const open = (url: string, allowHosts?: readonly string[]) =>
    where === 'page' ? toModelFiles(url, { allowHosts }) : openModel(url, { allowHosts, cacheDir: cache });

  it('reads files beside it, and asks no other host without the caller’s word', async () => {
    const { read } = await open(`${own.base}/m/model.json`);
    expect(await text(read('x.bin'))).toBe('/m/x.bin');
    await expect(read(`${cdn.base}/x.bin`)).rejects.toThrow(`--allow-host ${cdn.host}`);
    await expect(read('../x.bin')).rejects.toThrow(/outside/);
    expect(cdn.seen).toEqual([]);
    const allowed = await open(`${own.base}/m/model.json`, [cdn.host]);
    expect(await text(allowed.read(`${cdn.base}/x.bin`))).toBe('/x.bin');
  });

  it('is not led to another host by a redirect, unless its main file comes from there', async () => {
    const { read } = await open(`${own.base}/m/model.json`);
    await expect(read('../go/x.bin')).rejects.toThrow(/outside/);
    const beside = await open(`${own.base}/model.json`);
    await expect(beside.read('go/x.bin')).rejects.toThrow(/sent the request on to another host.*allowHosts/);
    const allowed = await open(`${own.base}/model.json`, [cdn.host]);
    expect(await text(allowed.read('go/x.bin'))).toBe('/x.bin');
    const sent = await open(`${own.base}/go/model.json`);
    expect(await text(sent.read('x.bin'))).toBe('/x.bin');
  });
});

describe('a model on disk', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tilewise-beside-'));
    mkdirSync(at('m/deep'), { recursive: true });
    mkdirSync(at('secrets'));
    writeFileSync(at('m/model.json'), '{}');
    writeFileSync(at('m/x.bin'), 'x');
    writeFileSync(at('m/deep/%2e%2e'), 'plain');
    writeFileSync(at('secrets/s.bin'), 'SECRET');
    symlinkSync(at('secrets/s.bin'), at('m/link.bin'));
    symlinkSync('x.bin', at('m/inner.bin'));
    symlinkSync(at('secrets'), at('m/folder'));
    symlinkSync('/dev/zero', at('m/zero'));
    symlinkSync(at('nowhere'), at('m/dangling'));
    symlinkSync(at('m'), at('by-link'));
    execFileSync('mkfifo', [at('m/pipe')]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['link.bin', 'inner.bin', 'folder/s.bin', 'folder', 'zero', 'dangling', 'pipe', 'deep', '.', 'deep/'])(
    'does not read %s, which is no plain file',
    async (name) => {
      const { read } = await openModel(at('m'));
      const error = await read(name).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(LoadError);
      expect(String(error)).toMatch(/this is (?:a symbolic link|a folder, a device or a pipe).*copy it there|EISDIR/);
    },
  );

  it.each([
    '../secrets/s.bin',
    '..\\secrets\\s.bin',
    'deep/../x.bin',
    '/etc/passwd',
    '\\x',
    'C:\\x',
    'c:x',
    'a\0b',
    '',
  ])('does not read %j, which leads elsewhere', async (name) => {
    const { read } = await openModel(at('m'));
    await expect(read(name)).rejects.toThrow(/lies outside the model's folder/);
  });

  it('reads plain files below its folder, which may be reached by a link itself', async () => {
    for (const source of ['m', 'by-link', 'by-link/model.json']) {
      const { read } = await openModel(at(source));
      expect(new TextDecoder().decode(await read('./x.bin'))).toBe('x');
      expect(new TextDecoder().decode(await read('deep/%2e%2e'))).toBe('plain');
    }
  });
});

it('the command says what is wrong with --allow-host', async () => {
  const { code, stderr } = await inProcess(
    'inspect',
    'https://a.example/m.onnx',
    '--allow-host',
    'https://b.example/x',
  );
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: allowHosts must be an array of hosts.*is none/)]);
});
