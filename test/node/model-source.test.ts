/** What a user may name as a model: paths, folders, URLs, catalogue entries; and what companions may be read. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CATALOGUE, type CatalogueEntry } from '../../src/catalogue/catalogue.ts';
import { InputError, LoadError } from '../../src/core/errors.ts';
import { openModel } from '../../src/node/model-source.ts';
import { entryLabels } from '../../src/tasks/labels.ts';
import { serveFiles, type FileServer } from '../helpers/file-server.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (b: Uint8Array): string => new TextDecoder().decode(b);
const sha256 = (s: string): string => createHash('sha256').update(s).digest('hex');

let folder: string;
let server: FileServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tilewise-model-'));
  const files: Record<string, string> = {
    'tf/model.json': 'MAIN',
    'tf/group1-shard1of1.bin': 'SHARD',
    'one/net.onnx': 'ONNX',
    'one/readme.md': '-',
    'two/a.onnx': '-',
    'two/b.onnx': '-',
    'js/model.min.js': '!function(m){m.exports={a:[1,!0]}}(module)',
    'js/shard.min.js': `module.exports="${btoa('SHARD')}"`,
    'js/bad.min.js': 'module.exports=1n',
    'secret.bin': 'SECRET',
    'tf-secret/x.bin': 'SECRET',
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  server = await serveFiles({
    'm/model.json': bytes('MAIN'),
    'm/shard.bin': bytes('SHARD'),
    'secret.bin': bytes('SECRET'),
    'labels.txt': bytes('n00000001 cat\nn00000002 dog\n'),
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

it.each([undefined, null, 1, {}, Symbol('s')])('%o names no model', async (source) => {
  await expect(openModel(source as unknown as string)).rejects.toBeInstanceOf(InputError);
});

describe('a path', () => {
  it('is a file, a folder or a file address', async () => {
    for (const source of ['tf/model.json', 'tf', 'tf/'].map((p) => join(folder, p))) {
      const model = await openModel(source);
      expect([model.main.name, text(model.main.bytes)]).toEqual(['model.json', 'MAIN']);
      expect(text(await model.read('group1-shard1of1.bin'))).toBe('SHARD');
    }
    expect((await openModel(join(folder, 'one'))).main.name).toBe('net.onnx');
    expect((await openModel(pathToFileURL(join(folder, 'one/net.onnx')).href)).main.name).toBe('net.onnx');
  });

  it('may have weights that another path, or an address, names', async () => {
    const model = join(folder, 'one/net.onnx');
    for (const weights of ['secret.bin', 'tf-secret/x.bin'].map((p) => join(folder, p)))
      expect(text((await openModel(model, { weights })).weights?.bytes ?? new Uint8Array())).toBe('SECRET');
    const address = pathToFileURL(join(folder, 'secret.bin')).href;
    expect((await openModel(model, { weights: address })).weights?.name).toBe('secret.bin');
    const served = (await openModel(model, { weights: `${server.url}/secret.bin`, cacheDir: folder })).weights;
    expect([served?.name, text(served?.bytes ?? new Uint8Array())]).toEqual(['secret.bin', 'SECRET']);
    expect((await openModel(model)).weights).toBeUndefined();
  });

  it('says what is wrong with weights', async () => {
    const open = (weights: string) => openModel(join(folder, 'one/net.onnx'), { weights });
    await expect(open('')).rejects.toThrow('no file of weights is named');
    await expect(open(join(folder, 'secrets.bin'))).rejects.toThrow(/no such file.*Beside it lies secret\.bin/);
    await expect(open('/dev/zero')).rejects.toThrow('this is a device, not a file');
    await expect(open(folder)).rejects.toThrow(LoadError);
    await expect(open(`${server.url}/none.bin`)).rejects.toThrow(LoadError);
  });

  it('may be a script that wraps the file, with its shards beside it', async () => {
    const model = await openModel(join(folder, 'js/model.min.js'));
    expect([model.main.name, text(model.main.bytes)]).toEqual(['model.json', '{"a":[1,true]}']);
    expect(text(await model.read('shard'))).toBe('SHARD');
    await expect(openModel(join(folder, 'js/bad.min.js'))).rejects.toThrow('holds a bigint where data was expected');
  });

  it('says what is wrong with it', async () => {
    await expect(openModel(join(folder, 'tf/modle.json'))).rejects.toThrow(
      /no such file.*Did you mean .*tf\/model\.json\?/,
    );
    await expect(openModel('nsfw-mobilnet-v2')).rejects.toThrow(/Did you mean nsfw-mobilenet-v2\?/);
    await expect(openModel('qqqqqqqqqqqq')).rejects.toThrow(/The catalogue has centernet, /);
    await expect(openModel(join(folder, 'two'))).rejects.toThrow(/more than one model file.*a\.onnx, b\.onnx/);
    await expect(openModel(folder)).rejects.toThrow(/no model\.json and no model file/);
  });

  it('reads companions only from its folder', async () => {
    const { read } = await openModel(join(folder, 'tf'));
    for (const name of [
      '../secret.bin',
      join(folder, 'secret.bin'),
      '../tf-secret/x.bin',
      'a/../../secret.bin',
      '..',
      '',
    ]) {
      await expect(read(name)).rejects.toThrow(/outside the model's folder/);
    }
    const missing = await read('group1-shard1of2.bin').catch((e: unknown) => e);
    expect(missing).toBeInstanceOf(LoadError);
    expect(String(missing)).toMatch(/no such file.*Beside it lies group1-shard1of1\.bin/);
    await expect(read('.')).rejects.toBeInstanceOf(LoadError);
  });
});

describe('a URL', () => {
  it('finds companions beside it', async () => {
    for (const source of [`${server.url}/m/model.json`, `${server.url}/m/`]) {
      const model = await openModel(source, { cacheDir: join(folder, 'cache') });
      expect([model.main.name, text(model.main.bytes)]).toEqual(['model.json', 'MAIN']);
      expect(text(await model.read('shard.bin'))).toBe('SHARD');
      for (const name of [
        '../secret.bin',
        '/secret.bin',
        `${server.url}/secret.bin`,
        '%2e%2e/secret.bin',
        '..%2fsecret.bin',
      ]) {
        await expect(model.read(name)).rejects.toThrow(/outside the model's folder/);
      }
    }
  });
});

describe('the catalogue', () => {
  const [template] = CATALOGUE;
  const entry = (over: Partial<CatalogueEntry>): CatalogueEntry => {
    if (!template) throw new TypeError('the catalogue is empty');
    return { ...template, ...over };
  };

  it('gives pinned files by URL, and only those it lists', async () => {
    const known = entry({
      name: 'test',
      source: {
        kind: 'url',
        url: `${server.url}/m/model.json`,
        sha256: sha256('MAIN'),
        companions: [{ name: 'w.bin', url: `${server.url}/m/shard.bin`, sha256: sha256('SHARD') }],
      },
    });
    const options = { catalogue: [known], cacheDir: join(folder, 'cache') };
    const model = await openModel('test', options);
    expect(text(model.main.bytes)).toBe('MAIN');
    expect(text(await model.read('w.bin'))).toBe('SHARD');
    await expect(model.read('shard.bin')).rejects.toThrow(/does not list/);
    const wrong = entry({
      name: 'bad',
      source: { kind: 'url', url: `${server.url}/m/model.json`, sha256: sha256('x') },
    });
    await expect(openModel('bad', { ...options, catalogue: [wrong] })).rejects.toThrow(/SHA-256/);
  });

  it('gives models of npm packages', async () => {
    const model = await openModel('nsfw-mobilenet-v2');
    expect(model.main.name).toBe('model.json');
    expect(JSON.parse(text(model.main.bytes))).toHaveProperty('modelTopology');
  });

  it('gives a list of labels beside the model', async () => {
    const sum = sha256('n00000001 cat\nn00000002 dog\n');
    const known = entry({
      name: 'listed',
      source: { kind: 'url', url: `${server.url}/m/model.json`, sha256: sha256('MAIN') },
      labels: { url: `${server.url}/labels.txt`, sha256: sum, format: 'synset' },
    });
    const { read } = await openModel('listed', { catalogue: [known], cacheDir: join(folder, 'cache') });
    expect(await entryLabels(known, read)).toEqual(['cat', 'dog']);
  });
});
