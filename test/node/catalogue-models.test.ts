/** Models of the catalogue in Node: from an installed package, from a server where there is none, and into a folder of one's own. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findModel } from '../../src/catalogue/catalogue.ts';
import type { CatalogueEntry } from '../../src/catalogue/entry.ts';
import { InputError, LoadError } from '../../src/core/errors.ts';
import { createDetector, openModel } from '../../src/node/index.ts';
import { catalogueFiles } from '../../src/tasks/catalogue-files.ts';
import { requireTask } from '../../src/tasks/catalogue-model.ts';
import { createClassifier as inPage } from '../../src/tasks/classifier.ts';
import { inProcess } from '../helpers/command.ts';
import { serveFiles, type FileServer } from '../helpers/file-server.ts';

const ABSENT = '@tilewise/absent';
const modules = join(import.meta.dirname, '../../node_modules');
let folder = '';
let server: FileServer;

/** The entry, as if its package were not installed. */
function absent(name: string): CatalogueEntry {
  const entry = findModel(name);
  return { ...entry, source: { ...entry.source, package: ABSENT } as CatalogueEntry['source'] };
}

function fileOf(packageName: string, path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(modules, packageName, path)));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tilewise-catalogue-'));
  const human = ['models/blazeface.json', 'models/blazeface.bin'];
  const nsfw = ['model.min.js', 'group1-shard1of1.min.js'].map((file) => `dist/models/mobilenet_v2/${file}`);
  server = await serveFiles({
    ...Object.fromEntries(human.map((path) => [`${ABSENT}@3.3.6/${path}`, fileOf('@vladmandic/human', path)])),
    ...Object.fromEntries(nsfw.map((path) => [`${ABSENT}@4.3.0/${path}`, fileOf('nsfwjs', path)])),
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('a model whose package is not installed', () => {
  it.each([
    ['blazeface', 'blazeface.bin'],
    ['nsfw-mobilenet-v2', 'group1-shard1of1'],
  ])('comes from a server once, and then from the cache: %s', async (name, shard) => {
    const options = { catalogue: [absent(name)], packageBase: server.url, cacheDir: join(folder, 'cache') };
    const installed = await openModel(name);
    for (const requests of [2, 0]) {
      const before = server.log.length;
      const { main, read } = await openModel(name, options);
      expect(main).toEqual(installed.main);
      expect(Buffer.compare(await read(shard), await installed.read(shard))).toBe(0);
      expect(server.log.length - before).toBe(requests);
    }
  });

  it('may lie in a mirror folder', async () => {
    const options = { catalogue: [absent('blazeface')], mirror: join(modules, '@vladmandic/human/models') };
    const { read } = await openModel('blazeface', options);
    expect((await read('blazeface.bin')).length).toBe(538928);
  });

  it('is what was checked, or an error that names the package to install', async () => {
    const other = absent('blazeface');
    const source = { ...other.source, sha256: '0'.repeat(64) } as CatalogueEntry['source'];
    const options = { packageBase: server.url, cacheDir: join(folder, 'other') };
    await expect(openModel('blazeface', { ...options, catalogue: [{ ...other, source }] })).rejects.toThrow(/SHA-256/);
    const missing = openModel('centernet', { ...options, catalogue: [absent('centernet')] });
    await expect(missing).rejects.toBeInstanceOf(LoadError);
    await expect(missing).rejects.toThrow(/404.*npm install @tilewise\/absent@3\.3\.6/);
  });
});

describe('a name', () => {
  it('that the catalogue lacks is refused before anything is fetched', async () => {
    const fetching = vi.fn(() => Promise.reject(new Error('fetched')));
    vi.stubGlobal('fetch', fetching);
    try {
      const options = { backend: 'cpu' } as const;
      const meant = inPage('mobilnet', options);
      await expect(meant).rejects.toBeInstanceOf(InputError);
      await expect(meant).rejects.toThrow(
        'no model "mobilnet" in the catalogue. Did you mean imagenet-mobilenet-v2-quant?',
      );
      await expect(inPage('zzz', options)).rejects.toThrow(/It has imagenet-mobilenet-v2-quant, .*, nsfw-mobilenet-v2/);
      await expect(createDetector('centrenet', options)).rejects.toThrow('Did you mean centernet?');
      await expect(createDetector('zzz', options)).rejects.toThrow(/no such file/);
      expect(() => requireTask(findModel('face-map-mobilenet-v3'), 'face-detection')).toThrow(
        /not decoded here: output \[1, 2, 56, 56\].*Session/,
      );
      expect(fetching).not.toHaveBeenCalled();
      // Not a bare word: an address of the page's own.
      await expect(inPage('http://here/mobilnet', options)).rejects.toThrow('cannot be fetched');
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe('tilewise fetch', () => {
  it('fills a folder that modelBase names, in Node and in a page', async () => {
    const modelBase = join(folder, 'models');
    const names = ['centernet', 'nsfw-mobilenet-v2', 'centernet'];
    const { code, stdout } = await inProcess('fetch', ...names, '--output-dir', modelBase, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      outputDir: modelBase,
      models: [
        { name: 'centernet', main: join(modelBase, 'centernet/centernet.json'), files: 2 },
        { name: 'nsfw-mobilenet-v2', main: join(modelBase, 'nsfw-mobilenet-v2/model.json'), files: 2 },
      ],
    });
    using detector = await createDetector('centernet', { backend: 'cpu', modelBase });
    expect(detector.labels?.[0]).toBe('person');
    const files = ['model.json', 'group1-shard1of1'].map((name) => `nsfw-mobilenet-v2/${name}`);
    const site = await serveFiles(
      Object.fromEntries(files.map((name) => [name, new Uint8Array(readFileSync(join(modelBase, name)))])),
    );
    try {
      const { main, read } = await catalogueFiles(findModel('nsfw-mobilenet-v2'), { modelBase: site.url });
      const installed = await openModel('nsfw-mobilenet-v2');
      expect(main).toEqual(installed.main);
      expect(Buffer.compare(await read('group1-shard1of1'), await installed.read('group1-shard1of1'))).toBe(0);
    } finally {
      await site.close();
    }
  });

  it('takes nothing where a name is wrong, and says where it cannot write', async () => {
    const outputDir = ['--output-dir', join(folder, 'none')];
    const wrong = await inProcess('fetch', 'blazeface', 'centrenet', ...outputDir);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('Did you mean centernet?') });
    expect(() => readFileSync(join(folder, 'none/blazeface/blazeface.json'))).toThrow('ENOENT');
    writeFileSync(join(folder, 'file'), '');
    const refused = await inProcess('fetch', 'blazeface', '--output-dir', join(folder, 'file'), '--json');
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'LOAD_FAILED' } });
    mkdirSync(join(folder, 'taken/blazeface/blazeface.json'), { recursive: true });
    const taken = await inProcess('fetch', 'blazeface', '--output-dir', join(folder, 'taken'));
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be written') });
  });
});
