/** The catalogue against what it points at: package files, pinned checksums, label counts. */
import { existsSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  CATALOGUE,
  defaultModel,
  findModel,
  type CatalogueEntry,
  type PinnedFile,
} from '../../src/catalogue/catalogue.ts';
import { InputError } from '../../src/core/errors.ts';
import { recogniseEntry } from '../../src/catalogue/recognise.ts';
import { importModel } from '../../src/formats/detect.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { readable } from '../../src/tasks/catalogue-model.ts';
import { entryLabels } from '../../src/tasks/labels.ts';
import { npmModelFiles } from '../helpers/npm-models.ts';
import { hasSharedData, sharedModel, sharedPath } from '../helpers/shared-data.ts';
import { compile } from '../../src/passes/pipeline.ts';
import '../helpers/every-operator.ts';

/** Files of the test data are named as in their repositories, but for a few. */
const LOCAL_NAMES: Readonly<Record<string, string>> = {
  'synset_words.txt': 'imagenet_synset_words.txt',
};

const pinned: PinnedFile[] = CATALOGUE.flatMap(({ source, labels }) => [
  ...(source.kind === 'url' ? [source, ...(source.companions ?? [])] : []),
  ...(labels && 'url' in labels ? [labels] : []),
]);

describe('the catalogue', () => {
  it('names each model once, and has one default for each task that has any', () => {
    const names = CATALOGUE.map((entry) => entry.name);
    expect(new Set(names).size).toBe(names.length);
    const defaults = CATALOGUE.filter((entry) => entry.default).map(({ task, name }) => [task, name]);
    expect(defaults).toEqual([
      ['detection', 'centernet'],
      ['classification', 'imagenet-mobilenet-v2-quant'],
    ]);
    expect(findModel()).toBe(defaultModel('detection'));
    expect(defaultModel('classification').name).toBe('imagenet-mobilenet-v2-quant');
    expect(() => defaultModel('pose')).toThrow('the catalogue has no usual one for pose');
    expect(findModel('face-rfb-320').preprocessing.width).toBe(320);
  });

  it('lists its default first and the safety classifiers last', () => {
    const names = CATALOGUE.map((entry) => entry.name);
    expect(names[0]).toBe(findModel().name);
    const safety = names.filter((name) => name.startsWith('nsfw'));
    expect(names.slice(-safety.length)).toEqual(safety);
  });

  it('answers an unknown name with the nearest or the known ones', () => {
    expect(() => findModel('resnet')).toThrow(InputError);
    expect(() => findModel('resnet')).toThrow(/no model "resnet".*centernet, .*nsfw-inception-v3/);
    expect(() => findModel('centrenet')).toThrow(/Did you mean centernet\?/);
  });

  it('is plain data', () => {
    expect(structuredClone(CATALOGUE)).toEqual(CATALOGUE);
    expect(JSON.parse(JSON.stringify(CATALOGUE))).toEqual(CATALOGUE);
  });

  it('pins addresses to a commit and a checksum', () => {
    for (const { url, sha256 } of pinned) {
      expect(url).toMatch(/^https:\/\/raw\.githubusercontent\.com\/[^/]+\/[^/]+\/[0-9a-f]{40}\/.+/);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it.each(CATALOGUE.map((entry) => [entry.name, entry] as const))('%s lies in its package', (_name, { source }) => {
    if (source.kind !== 'npm') return;
    const manifest = new URL(`../../node_modules/${source.package}/package.json`, import.meta.url);
    expect(JSON.parse(readFileSync(manifest, 'utf8'))).toMatchObject({ version: source.version });
    const file = new URL(`../../node_modules/${source.package}/${source.path}`, import.meta.url);
    expect(existsSync(file)).toBe(true);
  });
});

/** The model files of an entry that lies in a package or in the test data. */
function localFiles({ source, format }: CatalogueEntry): Promise<ModelFiles> {
  if (source.kind === 'npm') return npmModelFiles(source.package, source.path);
  return Promise.resolve(sharedModel(`${format}/${source.url.replace(/^.*\//, '')}`));
}

const here = readable(CATALOGUE).filter(({ source }) => source.kind === 'npm' || hasSharedData);

describe('entries in formats the engine reads are what they say', () => {
  it.each(here.map((entry) => [entry.name, entry] as const))('%s', async (_name, entry) => {
    const files = await localFiles(entry);
    expect(await recogniseEntry(files.main.bytes)).toBe(entry);
    const { format, graph } = await importModel(files);
    expect(format).toBe(entry.format);
    const { width, height, layout, dtype } = entry.preprocessing;
    const [input] = graph.inputs;
    expect(graph.inputs.length).toBe(1);
    expect(input?.dtype).toBe(dtype);
    expect(input?.shape.slice(1)).toEqual(layout === 'nhwc' ? [height, width, 3] : [3, height, width]);
    if (entry.task === 'classification') {
      const shapes = { [input?.name ?? '']: [1, ...(input?.shape.slice(1).map(Number) ?? [])] };
      const compiled = compile(graph, { level: 'reference', inputShapes: shapes });
      const [output = ''] = compiled.outputs;
      const labels = (await entryLabels(entry, files.read)) ?? graph.labels;
      expect(compiled.values.get(output)?.shape).toEqual([1, labels?.length]);
    }
  });
});

const countLines = (file: string): number =>
  readFileSync(sharedPath(`labels/${file}`), 'utf8')
    .trim()
    .split('\n').length;

const data = describe.skipIf(!hasSharedData);

data('the catalogue against the shared test data (skipped where it is absent)', () => {
  const sums = hasSharedData ? readFileSync(sharedPath('SHA256SUMS'), 'utf8').trim().split('\n') : [];
  const byName = new Map(
    sums.map((line) => {
      const [sum = '', path = ''] = line.split(/\s+/);
      return [path.replace(/^.*\//, ''), { sum, path }] as const;
    }),
  );
  it.each(pinned.map((file) => [file.url.replace(/^.*\//, ''), file] as const))('%s', (name, file) => {
    const local = byName.get(LOCAL_NAMES[name] ?? name);
    expect(local?.sum).toBe(file.sha256);
    const bytes = readFileSync(sharedPath(local?.path ?? ''));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
  });

  it('has as many labels as the networks have outputs', () => {
    expect([countLines('imagenet_1001.txt'), countLines('imagenet_synset_words.txt')]).toEqual([1001, 1000]);
  });

  it('has the names of COCO in place, as they are published', () => {
    const published = readFileSync(sharedPath('labels/coco_80.txt'), 'utf8').trim().split('\n');
    expect(published.length).toBe(80);
    expect(findModel('centernet').labels).toEqual(published);
    expect(findModel('fastest-det').labels).toEqual(published);
  });
});
