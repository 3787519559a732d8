/** ImageNet by name: from a mirror folder, from a folder of one's own, from a server of the page's, and by the file itself. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findModel } from '../../src/catalogue/catalogue.ts';
import { createClassifier, decodeImage } from '../../src/node/index.ts';
import { createClassifier as inPage } from '../../src/tasks/classifier.ts';
import { inProcess } from '../helpers/command.ts';
import { serveFolder } from '../helpers/folder-server.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';

const DEFAULT = 'imagenet-mobilenet-v2-quant';
const SMALL = 'imagenet-mobilenet-v1-0.25-quant';
const backend = 'cpu';
const cat = sharedPath('images/cat.png');

/** The model that classified the cat, and what it says. */
async function answers(...argv: string[]): Promise<{ model: string; label: string }> {
  const { code, stdout } = await inProcess('classify', cat, ...argv, '--json');
  expect(code).toBe(0);
  const { model, results } = JSON.parse(stdout);
  return { model, label: results[0].top[0].label };
}

describe.skipIf(!hasSharedData)('a classifier of ImageNet', () => {
  const folder = hasSharedData ? mkdtempSync(join(tmpdir(), 'tilewise-imagenet-')) : '';
  const mirror = join(folder, 'mirror');
  const modelBase = join(folder, 'models');

  beforeAll(async () => {
    mkdirSync(mirror);
    for (const name of ['mobilenet_v1_0.25_128_quant.tflite', 'mobilenet_v2_1.0_224_quant.tflite']) {
      copyFileSync(sharedPath(`tflite/${name}`), join(mirror, name));
    }
    const { code, stdout } = await inProcess('fetch', SMALL, '--mirror', mirror, '--output-dir', modelBase, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ models: [{ name: SMALL, files: 1 }] });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is what a command takes that names no model', async () => {
    expect(await answers('--mirror', mirror)).toEqual({ model: DEFAULT, label: 'Egyptian cat' });
  });

  it('comes by its name from files that lie flat, or as fetch puts them', async () => {
    const model = ['--model', SMALL, '--backend', backend];
    for (const from of [mirror, modelBase]) {
      expect(await answers(...model, '--mirror', from)).toEqual({ model: SMALL, label: 'Egyptian cat' });
    }
  });

  it('is opened by name in a program and in a page', async () => {
    const site = await serveFolder(folder);
    const pixels = await decodeImage(readFileSync(cat), cat);
    try {
      using here = await createClassifier(SMALL, { backend, modelBase });
      using there = await inPage(SMALL, { backend, modelBase: `${site.origin}/models` });
      for (const classifier of [here, there]) {
        expect(classifier.preprocessing).toEqual(findModel(SMALL).preprocessing);
        expect(classifier.labels).toHaveLength(1001);
        expect((await classifier.classify(pixels))[0]?.label).toBe('Egyptian cat');
      }
    } finally {
      await site.close();
    }
  });

  it('is recognised by its file, which names the classes, too', async () => {
    const path = sharedPath('tflite/mobilenet_v1_0.25_128_quant.tflite');
    using classifier = await createClassifier(path, { backend });
    expect(classifier.labels?.join('\n')).toBe(readFileSync(sharedPath('labels/imagenet_1001.txt'), 'utf8').trimEnd());
    expect(classifier.preprocessing).toEqual(findModel(SMALL).preprocessing);
    expect(await answers('--model', path, '--backend', backend)).toEqual({ model: path, label: 'Egyptian cat' });
  });

  it('without its files is an error that says which, and where to put them', async () => {
    const lacking = await inProcess('classify', cat, '--mirror', folder);
    expect(lacking.code).toBe(1);
    expect(lacking.stderr).toMatch(/raw\.githubusercontent\.com.*mobilenet_v2_1\.0_224_quant\.tflite/);
    expect(lacking.stderr).toMatch(/does not hold it. Put it there, as mobilenet_v2_1\.0_224_quant\.tflite/);
  });
});
