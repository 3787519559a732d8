/** The catalogue against what it points at: package files, pinned checksums, label counts. */
import { existsSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, findModel, type PinnedFile } from '../../models/catalogue.ts';
import { InputError } from '../../src/core/errors.ts';

const DATA = new URL('../../../shared/data/', import.meta.url);
const SUMS = new URL('SHA256SUMS', DATA);

/** Files of the test data are named as in their repositories, but for a few. */
const LOCAL_NAMES: Readonly<Record<string, string>> = {
  'imagenet_labels.txt': 'imagenet_1001.txt',
  'synset_words.txt': 'imagenet_synset_words.txt',
  'coco.names': 'coco_80.txt',
};

const pinned: PinnedFile[] = CATALOGUE.flatMap(({ source, labels }) => [
  ...(source.kind === 'url' ? [source, ...(source.companions ?? [])] : []),
  ...(labels && 'url' in labels ? [labels] : []),
]);

describe('the catalogue', () => {
  it('names each model once, and has one default', () => {
    const names = CATALOGUE.map((entry) => entry.name);
    expect(new Set(names).size).toBe(names.length);
    expect(CATALOGUE.filter((entry) => entry.default).map((entry) => entry.name)).toEqual(['nsfw-mobilenet-v2']);
    expect(findModel().name).toBe('nsfw-mobilenet-v2');
    expect(findModel('face-rfb-320').preprocessing.width).toBe(320);
  });

  it('answers an unknown name with the known ones', () => {
    expect(() => findModel('resnet')).toThrow(InputError);
    expect(() => findModel('resnet')).toThrow(/no model "resnet".*nsfw-mobilenet-v2, .*fastest-det/);
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
    const file = new URL(`../../node_modules/${source.package}/${source.path}`, import.meta.url);
    expect(existsSync(file)).toBe(true);
  });
});

const countLines = (file: string): number =>
  readFileSync(new URL(`labels/${file}`, DATA), 'utf8')
    .trim()
    .split('\n').length;

const data = describe.skipIf(!existsSync(SUMS));

data('the catalogue against the shared test data (skipped where it is absent)', () => {
  const sums = existsSync(SUMS) ? readFileSync(SUMS, 'utf8').trim().split('\n') : [];
  const byName = new Map(
    sums.map((line) => {
      const [sum = '', path = ''] = line.split(/\s+/);
      return [path.replace(/^.*\//, ''), { sum, path }] as const;
    }),
  );
  it.each(pinned.map((file) => [file.url.replace(/^.*\//, ''), file] as const))('%s', (name, file) => {
    const local = byName.get(LOCAL_NAMES[name] ?? name);
    expect(local?.sum).toBe(file.sha256);
    const bytes = readFileSync(new URL(local?.path ?? '', DATA));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
  });

  it('has as many labels as the networks have outputs', () => {
    expect([
      countLines('imagenet_1001.txt'),
      countLines('imagenet_synset_words.txt'),
      countLines('coco_80.txt'),
    ]).toEqual([1001, 1000, 80]);
  });
});
