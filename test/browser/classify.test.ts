/** The engine in a page: a trained MobileNet v2 classifies a photograph on WebGPU as the CPU reference does in Node. */
import { readFileSync } from 'node:fs';
import type { Browser } from 'puppeteer';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findModel } from '../../src/catalogue/catalogue.ts';
import { samplePhotograph } from '../../src/cli/samples.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { npmModelFiles } from '../helpers/npm-models.ts';
import { Session } from '../../src/session/session.ts';
import { preprocess } from '../../src/vision/preprocess.ts';
import { launchChromium } from '../../bench/lib/chromium.ts';
import { expectClose } from '../helpers/close.ts';
import { openPage, servePages, type PageServer } from '../helpers/page-server.ts';

const entry = findModel('nsfw-mobilenet-v2');

describe('classification in Chromium', () => {
  const files = new Map<string, Uint8Array>();
  let browser: Browser | undefined;
  let server: PageServer | undefined;
  let reference: Tensor | undefined;

  beforeAll(async () => {
    const { source, preprocessing } = entry;
    if (source.kind !== 'npm' || !preprocessing) throw new Error('the model should come from an npm package');
    const model = await npmModelFiles(source.package, source.path);
    const shards = new Map<string, Uint8Array>();
    const recording = {
      main: model.main,
      read: async (name: string) => {
        const bytes = await model.read(name);
        shards.set(name, bytes);
        return bytes;
      },
    };
    // Decoded once, here, and sent as PNG: JPEG decoders may differ by a bit, and are not what is tested.
    const photograph = sharp(readFileSync(samplePhotograph() ?? '')).ensureAlpha();
    const { data, info } = await photograph.clone().raw().toBuffer({ resolveWithObject: true });
    const session = await Session.create(recording, { backend: 'cpu' });
    const [input] = session.inputs;
    const [output] = session.outputs;
    const results = await session.run({ [input?.name ?? '']: preprocess({ ...info, data }, preprocessing) });
    reference = results[output?.name ?? ''];
    files.set(model.main.name, model.main.bytes);
    for (const [name, bytes] of shards) files.set(name, bytes);
    files.set('picture.png', await photograph.clone().png().toBuffer());
    browser = await launchChromium();
    server = await servePages(files);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('gives the scores of the CPU reference', async () => {
    const complaints: string[] = [];
    const tab = await openPage(browser, server, (page) => {
      page.on('console', (message) => {
        if (['error', 'warn'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
    });
    const answer = await tab.evaluate(
      (name) => globalThis.page.classify(name, '/files/model.json', '/files/picture.png'),
      entry.name,
    );
    if (!reference) throw new Error('no reference');
    console.info(`page adapter: ${answer.adapter}; scores ${answer.scores.map((s) => s.toFixed(4)).join(' ')}`);
    // Probabilities after some fifty float32 layers summed in another order.
    const tolerance = { rtol: 1e-3, atol: 1e-4 };
    expectClose(tensorOf('float32', [1, answer.scores.length], answer.scores), reference, tolerance);
    expect(complaints).toEqual([]);
  });
});
