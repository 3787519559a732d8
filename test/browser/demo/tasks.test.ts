/** Tasks in the demo page, each with a real network on a photograph of a man at a table, or of what the shared data have. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchChromium } from '../../../bench/lib/chromium.ts';
import { createFaceDetector, createPoseEstimator } from '../../../src/node/index.ts';
import {
  byId,
  choose,
  detections,
  drop,
  find,
  openDemo,
  press,
  seen,
  settled,
  shoot,
  textIn,
  type Demo,
} from '../../helpers/demo-page.ts';
import { expectAnswer, sampleFile } from '../../helpers/demo-reference.ts';
import { serveSite, type Site } from '../../helpers/demo-site.ts';
import { hasSharedData, sharedPath } from '../../helpers/shared-data.ts';

/** How many shapes of a kind lie over the picture. */
const shapes = (page: Page, kind: string): Promise<number> =>
  page.$$eval(`${byId('boxes')} ${kind}`, (all) => all.length);

/** Sets an option of the page, as a hand does. */
async function set(page: Page, id: string, value: string): Promise<void> {
  const input = await find(page, id);
  await input.evaluate((element, text) => {
    if (!(element instanceof HTMLInputElement || element instanceof HTMLSelectElement)) throw new Error('no input');
    element.value = text;
    element.dispatchEvent(new Event('input', { bubbles: true }));
    element.dispatchEvent(new Event('change', { bubbles: true }));
  }, value);
  await settled(page);
}

/** Alpha of the cut-out picture at the places, in parts of its extents. */
function alphas(page: Page, places: readonly (readonly [number, number])[]): Promise<number[]> {
  return page.$eval(
    byId('matted'),
    (canvas, spots) => {
      if (!(canvas instanceof HTMLCanvasElement)) throw new Error('no canvas');
      const context = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
      context?.drawImage(canvas, 0, 0);
      const at = ([x = 0, y = 0]: readonly number[]): number =>
        context?.getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data[3] ?? NaN;
      return spots.map(at);
    },
    places,
  );
}

describe('tasks in the demo page', () => {
  const folder = inject('demoSite');
  const files = mkdtempSync(join(tmpdir(), 'tilewise-tasks-'));
  const table = join(files, 'table.png');
  let browser: Browser;
  let site: Site;
  let demo: Demo;

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchChromium(), serveSite(folder)]);
    writeFileSync(table, sampleFile(folder, 'table.png'));
    demo = await openDemo(browser, `${site.url}?model=movenet-lightning`);
    await settled(demo.page);
    await demo.page.click('button[aria-label="Sample: Table"]');
    await seen(demo.page, 'A man at a table with a meal');
  });

  afterAll(async () => {
    await browser.close();
    await site.close();
    rmSync(files, { recursive: true, force: true });
  });

  it('poses have a skeleton, and a slider for the least score', async () => {
    const { page } = demo;
    using estimator = await createPoseEstimator('movenet-lightning', { backend: 'cpu' });
    const people = await estimator.estimate(table);
    expectAnswer(
      await detections(page),
      people.map(({ score }) => ({ label: 'person', score })),
    );
    await page.waitForSelector(`${byId('boxes')} path`);
    expect(await shapes(page, 'circle')).toBeGreaterThan(5);
    await shoot(page, 'poses');
    await set(page, 'threshold', '0.95');
    expect(await textIn(page, 'result')).toContain('Nothing it knows is in this picture');
    await page.waitForFunction(() => !document.querySelector('[data-testid="boxes"] path'));
  });

  it('faces have key points, and outlines of a mesh on demand', async () => {
    const { page } = demo;
    await page.select('#model-select', 'blazeface');
    await find(page, 'mesh');
    await settled(page);
    using detector = await createFaceDetector('blazeface', { backend: 'cpu' });
    const faces = await detector.detect(table);
    expect(faces).toHaveLength(1);
    const reference = faces.map(({ label, score }) => ({ label, score }));
    expectAnswer(await detections(page), reference);
    await page.waitForSelector(`${byId('boxes')} circle`);
    expect(await shapes(page, 'circle')).toBe(6);
    await press(page, 'mesh');
    await settled(page);
    await page.waitForSelector(`${byId('boxes')} path`);
    expectAnswer(await detections(page), reference);
    expect(await shapes(page, 'circle')).toBe(0);
    await shoot(page, 'faces');
  });

  it.runIf(hasSharedData)('foregrounds are cut out, by a dropped file that the catalogue knows', async () => {
    const { page } = demo;
    await choose(page, 'picture-input', [sharedPath('images/grace_hopper.png')]);
    await drop(page, [sharedPath('tflite/selfie_segmentation.tflite')]);
    await find(page, 'matted');
    await settled(page);
    expect(await textIn(page, 'matte')).toBe('57.9 % of the picture is foreground.');
    // A corner, and her nose.
    const places = [
      [0.02, 0.02],
      [0.5, 0.35],
    ] as const;
    const [corner = NaN, nose = NaN] = await alphas(page, places);
    expect(corner).toBeLessThan(10);
    expect(nose).toBeGreaterThan(245);
    await shoot(page, 'foreground');
    await set(page, 'background', 'blurred');
    await page.waitForFunction(() => document.querySelector('[data-testid="result"][data-status="done"]'));
    expect(await alphas(page, places)).toEqual([255, 255]);
    await shoot(page, 'blurred');
    expect(demo.complaints).toEqual([]);
  });
});
