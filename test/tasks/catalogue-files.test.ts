/** Files of the catalogue as a page gets them: from a folder, from an address with a checksum, from a package server. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CatalogueEntry, CatalogueSource } from '../../src/catalogue/entry.ts';
import { findModel } from '../../src/catalogue/catalogue.ts';
import { LoadError } from '../../src/core/errors.ts';
import { openModel } from '../../src/node/index.ts';
import { npmModelFiles } from '../helpers/npm-models.ts';
import { catalogueFiles } from '../../src/tasks/catalogue-files.ts';
import { entryLabels } from '../../src/tasks/labels.ts';
import { serveFiles, type FileServer } from '../helpers/file-server.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (b: Uint8Array): string => new TextDecoder().decode(b);
const sha256 = (s: string): string => createHash('sha256').update(s).digest('hex');
const entry = (source: CatalogueSource): CatalogueEntry => ({ ...findModel(), name: 'net', source });

let server: FileServer | undefined;
afterEach(async () => {
  vi.unstubAllGlobals();
  await server?.close();
});

async function serve(files: Record<string, Uint8Array>): Promise<string> {
  server = await serveFiles(files);
  return server.url;
}

describe('files of a catalogue entry', () => {
  it('come from a folder of the page’s own when it names one', async () => {
    const url = await serve({
      'models/nsfw-mobilenet-v2/model.json': bytes('MAIN'),
      'models/nsfw-mobilenet-v2/group1-shard1of1': bytes('SHARD'),
      'models/face-rfb-320/version-RFB-320.onnx': bytes('ONNX'),
    });
    for (const modelBase of [`${url}/models`, new URL(`${url}/models/`)]) {
      const { main, read } = await catalogueFiles(findModel('nsfw-mobilenet-v2'), { modelBase });
      expect([main.name, text(main.bytes), text(await read('group1-shard1of1'))]).toEqual([
        'model.json',
        'MAIN',
        'SHARD',
      ]);
      expect(text((await catalogueFiles(findModel('face-rfb-320'), { modelBase })).main.bytes)).toBe('ONNX');
    }
  });

  it('come from their address, and are those that were checked', async () => {
    const url = await serve({ 'a/net.param': bytes('MAIN'), 'b/w.bin': bytes('WEIGHTS'), 'b/bad.bin': bytes('?') });
    const companions = ['w.bin', 'bad.bin'].map((name) => ({
      name,
      url: `${url}/b/${name}`,
      sha256: sha256('WEIGHTS'),
    }));
    const source = { kind: 'url', url: `${url}/a/net.param`, sha256: sha256('MAIN'), companions } as const;
    const seen: number[] = [];
    const { main, read } = await catalogueFiles(entry(source), { onBytes: (done) => seen.push(done) });
    expect([main.name, text(main.bytes), text(await read('w.bin'))]).toEqual(['net.param', 'MAIN', 'WEIGHTS']);
    expect(seen.at(-1)).toBe(11);
    await expect(read('bad.bin')).rejects.toThrow(/b\/bad\.bin has another SHA-256.*modelBase/);
    await expect(read('other.bin')).rejects.toThrow(/does not list/);
    await expect(catalogueFiles(entry({ ...source, sha256: sha256('x') }))).rejects.toBeInstanceOf(LoadError);
    vi.stubGlobal('crypto', {});
    await expect(catalogueFiles(entry(source))).rejects.toThrow(/no crypto\.subtle.*https/);
  });

  it('are cut out of a file that holds several, which is what was checked', async () => {
    const packageBase = await serve({ 'joined@1.0.0/all.data': bytes('??MODEL??') });
    const part = { name: 'net.tflite', start: 2, end: 7, sha256: sha256('MODEL') };
    const joined = { kind: 'npm', package: 'joined', version: '1.0.0', path: 'all.data', part } as const;
    const known = entry({ ...joined, sha256: sha256('??MODEL??') });
    const { main } = await catalogueFiles(known, { packageBase });
    expect([main.name, text(main.bytes), main.bytes.byteOffset]).toEqual(['net.tflite', 'MODEL', 0]);
    const changed = catalogueFiles(entry({ ...joined, sha256: sha256('MODEL') }), { packageBase });
    await expect(changed).rejects.toThrow(/all\.data has another SHA-256/);
    const options = { catalogue: [known], packageBase, cacheDir: mkdtempSync(join(tmpdir(), 'tilewise-part-')) };
    expect(text((await openModel('net', options)).main.bytes)).toBe('MODEL');
  });

  it('have the list of labels among them, which is what was checked, too', async () => {
    const url = await serve({ 'net.onnx': bytes('MAIN'), 'labels.txt': bytes('cat\ndog\n') });
    const source = { kind: 'url', url: `${url}/net.onnx`, sha256: sha256('MAIN') } as const;
    const labels = { url: `${url}/labels.txt`, sha256: sha256('cat\ndog\n'), format: 'lines' } as const;
    const known = { ...entry(source), labels };
    expect(await entryLabels(known, (await catalogueFiles(known)).read)).toEqual(['cat', 'dog']);
    const changed = { ...known, labels: { ...labels, sha256: sha256('cat\n') } };
    const { read } = await catalogueFiles(changed);
    await expect(entryLabels(changed, read)).rejects.toThrow(/labels\.txt has another SHA-256/);
  });

  it('are given up with the address and a remedy where there is no network, or a server that says nothing', async () => {
    const source = { kind: 'url', url: 'https://here.invalid/net.onnx', sha256: '' } as const;
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
    const offline = catalogueFiles(entry(source));
    await expect(offline).rejects.toBeInstanceOf(LoadError);
    await expect(offline).rejects.toThrow(/here\.invalid\/net\.onnx cannot be fetched.*modelBase.*another model/);
    vi.useFakeTimers();
    try {
      vi.stubGlobal('fetch', (_: unknown, { signal }: { signal: AbortSignal }) => {
        signal.throwIfAborted();
        return new Promise((__, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      });
      const silent = catalogueFiles(entry(source));
      silent.catch(() => undefined);
      await vi.advanceTimersByTimeAsync(10_000);
      await expect(silent).rejects.toThrow(/nothing came for 10 seconds.*modelBase/);
      const stopped = catalogueFiles(entry(source), { signal: AbortSignal.abort(new Error('enough')) });
      await expect(stopped).rejects.toThrow('enough');
    } finally {
      vi.useRealTimers();
    }
  });

  it.each(['nsfw-mobilenet-v2', 'blazeface'])('come from the package of %s as they are installed', async (name) => {
    const found = findModel(name);
    const { source } = found;
    if (source.kind !== 'npm') throw new Error(`${name} is in no package`);
    const installed = await npmModelFiles(source.package, source.path);
    const manifest: { weightsManifest: { paths: string[] }[] } = JSON.parse(text(installed.main.bytes));
    const shards = manifest.weightsManifest.flatMap(({ paths }) => paths);
    const folder = source.path.replace(/[^/]*$/, '');
    const wrapped = source.path.endsWith('.min.js') ? '.min.js' : '';
    const paths = [source.path, ...shards.map((shard) => `${folder}${shard}${wrapped}`)];
    const modules = new URL('../../node_modules/', import.meta.url);
    const packageBase = await serve(
      Object.fromEntries(
        paths.map((path) => [
          `${source.package}@${source.version}/${path}`,
          new Uint8Array(readFileSync(new URL(`${source.package}/${path}`, modules))),
        ]),
      ),
    );
    const { main, read } = await catalogueFiles(found, { packageBase });
    expect(main).toEqual(installed.main);
    for (const shard of shards) expect(Buffer.compare(await read(shard), await installed.read(shard))).toBe(0);
    await expect(read('none')).rejects.toThrow(/does not list/);
  });
});
