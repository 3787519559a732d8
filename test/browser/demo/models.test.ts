/** Models that visitors bring to the demo page: several files at once, ONNX, and everything that cannot work. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { SITE_MODELS } from '../../../demo/src/site.ts';
import { launchChromium } from '../../../bench/lib/chromium.ts';
import { tinyClassifier } from '../../helpers/command.ts';
import {
  byId,
  choose,
  detections,
  drop,
  find,
  openDemo,
  press,
  problem,
  scores,
  settled,
  shoot,
  textIn,
  type Demo,
} from '../../helpers/demo-page.ts';
import { SMALL_MODEL } from '../../helpers/demo-models.ts';
import { expectAnswer, referenceScores, sampleFile } from '../../helpers/demo-reference.ts';
import { serveSite, type Site } from '../../helpers/demo-site.ts';
import { encodeModel } from '../../helpers/onnx-bytes.ts';
import { tinyQuantised } from '../../helpers/tiny-tflite.ts';
import { PATIENCE_MS } from '../../helpers/patience.ts';

/** An ONNX model with two operators that nobody has. */
function strangeModel(): Uint8Array {
  return encodeModel({
    opset: 13,
    name: 'strange',
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 3, 8, 8] }],
    outputs: [{ name: 'z', dtype: 'float32', shape: [1, 3, 8, 8] }],
    nodes: [
      { op: 'Frobnicate', name: 'first', inputs: ['x'], outputs: ['y'] },
      { op: 'Relu', name: 'relu', inputs: ['y'], outputs: ['r'] },
      { op: 'Wobble', name: 'second', inputs: ['r'], outputs: ['z'] },
    ],
  });
}

describe('models in the demo page', () => {
  const folder = inject('demoSite');
  const files = mkdtempSync(join(tmpdir(), 'tilewise-models-'));
  const own = (name: string): string => join(files, name);
  const small = (name: string): string => join(folder, 'models', SMALL_MODEL, name);
  let browser: Browser;
  let site: Site;
  let demo: Demo;

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchChromium(), serveSite(folder)]);
    writeFileSync(own('tiny.onnx'), tinyClassifier());
    writeFileSync(own('int8.tflite'), tinyQuantised('int8'));
    writeFileSync(own('cut.onnx'), tinyClassifier().subarray(0, 400));
    writeFileSync(own('strange.onnx'), strangeModel());
    writeFileSync(own('notes.txt'), 'Milk, eggs, half a pound of flour.');
  });

  afterAll(async () => {
    await browser.close();
    await site.close();
    rmSync(files, { recursive: true, force: true });
  });

  /** The page must still be able to load a model and answer. */
  async function expectAlive(): Promise<void> {
    await drop(demo.page, [own('tiny.onnx')]);
    await find(demo.page, 'model-state', '[data-status="ready"]');
    expect(await scores(demo.page)).toHaveLength(4);
  }

  it('are given up on request, and loaded after all', async () => {
    const shard = `models/${SMALL_MODEL}/group1-shard1of1`;
    site.held.add(shard);
    demo = await openDemo(browser, `${site.url}?model=${SMALL_MODEL}`);
    const { page } = demo;
    await find(page, 'model-state', '[data-status="loading"]');
    await expect.poll(() => site.asked, { timeout: PATIENCE_MS }).toContain(shard);
    expect(await textIn(page, 'model-state')).toMatch(/Fetching|Reading/);
    await press(page, 'cancel-load');
    expect(await problem(page)).toMatchObject({ code: 'ABORTED', text: expect.stringContaining('Stopped') });
    site.release();
    await page.click(`${byId('model-state')} button`);
    await settled(page);
    expect(await scores(page)).toHaveLength(5);
  });

  it('are given up for others that are chosen meanwhile', async () => {
    const { page } = demo;
    const shard = 'models/nsfw-mobilenet-v2-mid/group1-shard1of2';
    site.held.add(shard);
    await page.select('#model-select', 'nsfw-mobilenet-v2-mid');
    await expect.poll(() => site.asked, { timeout: PATIENCE_MS }).toContain(shard);
    await drop(page, [own('tiny.onnx')]);
    await find(page, 'model-state', '[data-status="ready"]');
    expect(await scores(page)).toHaveLength(4);
    site.release();
    expect(await page.$eval('#model-select', (select) => select.textContent)).toContain('tiny.onnx');
  });

  it('of several files are dropped at once, in any order', async () => {
    const { page } = demo;
    await drop(page, [small('group1-shard1of1'), small('model.json')]);
    await page.waitForFunction(() => document.querySelector('#model-select option')?.textContent === 'model.json');
    await settled(page);
    // The main file is one of the catalogue, which names the classes, and says how pictures are resized.
    const [reference] = await referenceScores(site, [sampleFile(folder)]);
    expectAnswer(await scores(page), reference);
  });

  it('of the catalogue are dropped as files of their own, and find what they find by name', async () => {
    const { page } = demo;
    const files = ['centernet.bin', 'centernet.json'].map((name) => join(folder, 'models/centernet', name));
    await drop(page, files);
    await page.waitForFunction(() => document.querySelector('#model-select option')?.textContent === 'centernet.json');
    await settled(page);
    expectAnswer(await detections(page), inject('cup').boxes);
  });

  it('that the site could not have are fetched from the web, or it is said what cannot be', async () => {
    const apart = await openDemo(browser, `${site.url}?model=imagenet-mobilenet-v2-quant`);
    const { page } = apart;
    expect(await textIn(page, 'not-held')).toContain('could not be had when this page was built');
    const options = await page.$$eval('#model-select option', (all) => all.map(({ textContent }) => textContent));
    const held = readdirSync(join(folder, 'models'));
    const others = SITE_MODELS.filter(({ name }) => !held.includes(name));
    expect(options.filter((text) => text?.endsWith('(from the web)'))).toEqual(
      others.map(({ title }) => `${title} (from the web)`),
    );
    const { code, text } = await problem(page);
    expect(code).toBe('LOAD_FAILED');
    expect(text).toMatch(/raw\.githubusercontent\.com.*mobilenet_v2_1\.0_224_quant\.tflite cannot be fetched/);
    await shoot(page, 'not-held');
    await apart.close();
  });

  it('are dropped as the folder that holds them', async () => {
    const { page } = demo;
    await drop(page, [own('tiny.onnx')]);
    await page.waitForFunction(() => document.querySelector('#model-select option')?.textContent === 'tiny.onnx');
    await settled(page);
    await drop(page, [join(folder, 'models', SMALL_MODEL)]);
    await page.waitForFunction(() => document.querySelector('#model-select option')?.textContent === 'model.json');
    await settled(page);
    expect(await scores(page)).toHaveLength(5);
  });

  it('are opened with the file dialogue', async () => {
    await choose(demo.page, 'model-input', [own('tiny.onnx')]);
    await demo.page.waitForFunction(() => document.querySelector('#model-select option')?.textContent === 'tiny.onnx');
    await settled(demo.page);
    const shown = await scores(demo.page);
    expect(shown).toHaveLength(4);
    expect(shown.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 4);
    expect(await textIn(demo.page, 'model-state')).toMatch(/1 × 3 × 8 × 8[\s\S]*onnx/);
  });

  it('of integers say what these stand for', async () => {
    const apart = await openDemo(browser, `${site.url}?model=${SMALL_MODEL}`);
    const { page } = apart;
    await settled(page);
    await drop(page, [own('int8.tflite')]);
    await page.waitForFunction(() => document.querySelector('#model-select option')?.textContent === 'int8.tflite');
    await settled(page);
    const facts = await textIn(page, 'model-state');
    expect(facts).toContain('1 × 8 × 8 × 3 int8, scale 0.007813, zero -1');
    expect(facts).toContain('tflite');
    expect(await scores(page)).toHaveLength(4);
    await apart.close();
  });

  it('that are broken say so', async () => {
    await drop(demo.page, [own('cut.onnx')]);
    const { code, text } = await problem(demo.page);
    expect(code).toBe('IMPORT_FAILED');
    expect(text).toContain('cut.onnx');
    await expectAlive();
  });

  it('that lack a file say which', async () => {
    await drop(demo.page, [small('model.json')]);
    expect((await problem(demo.page)).text).toContain('group1-shard1of1');
    await expectAlive();
  });

  it('that need what the engine lacks say all of it', async () => {
    await drop(demo.page, [own('strange.onnx')]);
    const { code, text } = await problem(demo.page);
    expect(code).toBe('UNSUPPORTED');
    for (const name of ['strange.onnx', 'Frobnicate', 'first', 'Wobble', 'second']) expect(text).toContain(name);
    expect(text).not.toContain('Relu');
    await shoot(demo.page, 'unsupported');
    await expectAlive();
  });

  it('that are none say so', async () => {
    await drop(demo.page, [own('notes.txt')]);
    const { code, text } = await problem(demo.page);
    expect(code).toBe('IMPORT_FAILED');
    expect(text).toContain('notes.txt');
    await expectAlive();
    expect(demo.complaints).toEqual([]);
  });
});
