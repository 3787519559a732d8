/** The catalogue against what it points at: package files, pinned checksums, label counts. */
import { readFileSync } from 'node:fs';
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
import type { Shape } from '../../src/core/tensor.ts';
import { LARGEST_MAIN_FILE, recogniseEntry } from '../../src/catalogue/recognise.ts';
import { importModel } from '../../src/formats/detect.ts';
import type { Graph } from '../../src/ir/graph.ts';
import type { Port } from '../../src/session/feeds.ts';
import { entryLabels } from '../../src/tasks/labels.ts';
import { inputShape } from '../../src/vision/picture-spec.ts';
import { catalogueModel, sharedFile } from '../helpers/catalogue-models.ts';
import { packagedBytes } from '../helpers/npm-cache.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';
import { compile } from '../../src/passes/pipeline.ts';
import '../helpers/every-operator.ts';

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
      ['pose', 'movenet-lightning'],
      ['face-detection', 'blazeface-short'],
      ['hand-detection', 'palm-detection-full'],
      ['matting', 'selfie-segmentation'],
      ['upscaling', 'waifu2x-anime-noise1-x2'],
      ['text-detection', 'pp-ocrv5-det'],
      ['classification', 'imagenet-mobilenet-v2-quant'],
    ]);
    expect(defaultModel('segmentation').name).toBe('selfie-segmentation');
    expect(findModel()).toBe(defaultModel('detection'));
    expect(defaultModel('classification').name).toBe('imagenet-mobilenet-v2-quant');
    expect(() => defaultModel('pose-landmarks')).toThrow('the catalogue has no usual one for pose-landmarks');
    expect(findModel('face-rfb-320').preprocessing?.width).toBe(320);
  });

  it('lists its default first and the safety classifiers last', () => {
    const names = CATALOGUE.map((entry) => entry.name);
    expect(names[0]).toBe(findModel().name);
    const safety = names.filter((name) => name.startsWith('nsfw'));
    expect(names.slice(-safety.length)).toEqual(safety);
  });

  it('is listed in README, task by task', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, table = ''] = readme.split('## Models with a name').map((text) => text.replace(/\n## [^]*/, ''));
    const rows = [...table.matchAll(/^\| ([a-z-]+)(?:, [a-z-]+)* \| (`.*) \|$/gm)];
    const listed = rows.flatMap(([, task = '', names = '']) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => [task, name]),
    );
    expect(listed.toSorted()).toEqual(CATALOGUE.map(({ task, name }) => [task, name]).toSorted());
  });

  it('answers an unknown name with the nearest or the known ones', () => {
    expect(() => findModel('convolutional-transformer')).toThrow(InputError);
    expect(() => findModel('convolutional-transformer')).toThrow(
      /no model "convolutional-transformer".*centernet, .*nsfw-inception-v3/,
    );
    expect(() => findModel('centrenet')).toThrow(/Did you mean centernet\?/);
  });

  it('names models that go on where one ends, which are for that', () => {
    const parts = CATALOGUE.flatMap((entry) => Object.entries(entry.parts ?? {}));
    const of = {
      landmarks: /^(face|hand|pose)-landmarks$/,
      iris: /^iris-landmarks$/,
      rnet: /^face-refinement$/,
      onet: /^face-refinement$/,
    };
    for (const [part, name] of parts) expect(findModel(name).task).toMatch(of[part as keyof typeof of]);
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
});

/** A picture goes in, unless the entry says that something else does. */
function expectInput(inputs: readonly Port[], { preprocessing, notes }: CatalogueEntry): void {
  expect(inputs.length).toBe(1);
  if (!preprocessing) return expect(notes).toMatch(/^takes \[/);
  const [input] = inputs;
  expect(input?.dtype).toBe(preprocessing.dtype);
  const [, ...expected] = inputShape(preprocessing);
  // Extents that are open are names.
  expect(input?.shape.slice(1).map((extent, i) => (typeof extent === 'number' ? extent : expected[i]))).toEqual(
    expected,
  );
}

/** Names and shapes of what comes out. */
function outputsOf(graph: Graph, { preprocessing }: CatalogueEntry): [string, Shape][] {
  const inputShapes = Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [
      name,
      preprocessing ? inputShape(preprocessing) : [1, ...shape.slice(1).map(Number)],
    ]),
  );
  const { outputs, values } = compile(graph, { level: 'reference', inputShapes });
  return outputs.map((name) => [name, values.get(name)?.shape ?? []]);
}

describe('entries in formats the engine reads are what they say (skipped where their files cannot be had)', () => {
  it.for(CATALOGUE.map((entry) => [entry.name, entry] as const))('%s', async ([, entry], { skip }) => {
    const files = await catalogueModel(entry);
    if (!files) return skip();
    expect(files.main.bytes.length).toBeLessThanOrEqual(LARGEST_MAIN_FILE);
    expect(await recogniseEntry(files.main.bytes)).toBe(entry);
    const { format, graph } = await importModel(files);
    expect(format).toBe(entry.format);
    expectInput(graph.inputs, entry);
    const outputs = outputsOf(graph, entry);
    if (entry.task === 'classification') {
      const labels = (await entryLabels(entry, files.read)) ?? graph.labels;
      expect(outputs[0]?.[1]).toEqual([1, labels?.length]);
    }
    const shapes = outputs.map(([, shape]) => shape.join(', '));
    for (const [, extents] of entry.notes?.matchAll(/(?<!^takes )\[(\d[\d, ]+)\]/g) ?? [])
      expect(shapes).toContain(extents);
  });
});

it('a file that holds several models is none of them, and each part of it is one', async ({ skip }) => {
  const mesh = findModel('face-mesh');
  const { source } = mesh;
  if (source.kind !== 'npm' || !source.part) throw new Error('the model should lie inside a larger file');
  const whole = await packagedBytes(source);
  if (!whole) return skip();
  expect(await recogniseEntry(whole)).toBeUndefined();
  // The detector lies there, too, as it does alone in another package.
  expect((await recogniseEntry(whole.slice(3757224)))?.name).toBe('blazeface-short');
  expect(await recogniseEntry(whole.slice(source.part.start, source.part.end))).toBe(mesh);
});

const countLines = (file: string): number =>
  readFileSync(sharedPath(`labels/${file}`), 'utf8')
    .trim()
    .split('\n').length;

const data = describe.skipIf(!hasSharedData);

data('the catalogue against the shared test data (skipped where it is absent)', () => {
  it.each(pinned.map((file) => [file.url.replace(/^.*\//, ''), file] as const))('%s', (_name, { sha256 }) => {
    const bytes = readFileSync(sharedPath(sharedFile(sha256) ?? ''));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
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
