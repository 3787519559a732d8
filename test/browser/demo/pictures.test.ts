/** Ways for a picture to get into the demo page, and what the page makes of it: scores, and boxes over the right place. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchChromium } from '../../../bench/lib/chromium.ts';
import {
  byId,
  choose,
  detections,
  drop,
  find,
  openDemo,
  scores,
  seen,
  settled,
  shoot,
  textIn,
  type Demo,
} from '../../helpers/demo-page.ts';
import { SMALL_MODEL } from '../../helpers/demo-models.ts';
import { expectAnswer, referenceScores, sampleFile, TOLERANCE, type Expected } from '../../helpers/demo-reference.ts';
import { serveSite, type Site } from '../../helpers/demo-site.ts';

/** Pastes a PNG as browsers hand over what was copied. */
function paste(page: Page, name: string, png: Uint8Array): Promise<void> {
  return page.evaluate(
    (name, base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([bytes], name, { type: 'image/png' }));
      document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    },
    name,
    Buffer.from(png).toString('base64'),
  );
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where on the screen the picture's pixels are, and where its first box is. */
function places(page: Page): Promise<{ picture: Rectangle; box: Rectangle; naturalWidth: number }> {
  return page.evaluate(() => {
    const image = document.querySelector('[data-testid="view"] > img');
    const rect = document.querySelector('[data-testid="boxes"] rect');
    if (!(image instanceof HTMLImageElement) || !rect) throw new Error('no picture with a box');
    const area = image.getBoundingClientRect();
    const { naturalWidth, naturalHeight } = image;
    const scale = Math.min(area.width / naturalWidth, area.height / naturalHeight);
    const [width, height] = [naturalWidth * scale, naturalHeight * scale];
    const [x, y] = [area.x + (area.width - width) / 2, area.y + (area.height - height) / 2];
    const { x: left, y: top, width: w, height: h } = rect.getBoundingClientRect();
    return { picture: { x, y, width, height }, box: { x: left, y: top, width: w, height: h }, naturalWidth };
  });
}

describe('pictures in the demo page', () => {
  const folder = inject('demoSite');
  const files = mkdtempSync(join(tmpdir(), 'tilewise-pictures-'));
  let browser: Browser;
  let site: Site;
  let demo: Demo;
  /** By the picture's file name. */
  const expected = new Map<string, Expected>();

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchChromium(), serveSite(folder)]);
    const cup = sampleFile(folder);
    const pictures = new Map<string, Uint8Array>([
      ['table.png', sampleFile(folder, 'table.png')],
      ['balls.png', sampleFile(folder, 'balls.png')],
      ['handle.png', await sharp(cup).extract({ left: 480, top: 300, width: 200, height: 240 }).png().toBuffer()],
    ]);
    const answers = await referenceScores(site, [...pictures.values()]);
    [...pictures.keys()].forEach((name, i) => expected.set(name, answers[i] ?? []));
    expected.set('cup.jpg', inject('cup').scores);
    for (const [name, bytes] of pictures) writeFileSync(join(files, name), bytes);
    demo = await openDemo(browser, `${site.url}?model=${SMALL_MODEL}`);
    await settled(demo.page);
  });

  afterAll(async () => {
    await browser.close();
    await site.close();
    rmSync(files, { recursive: true, force: true });
  });

  /** The answer that is shown must be that on this picture, and different from those on the others. */
  async function expectAnswerOn(name: string): Promise<void> {
    expectAnswer(await scores(demo.page), expected.get(name));
  }

  it('have answers far enough apart to be told from each other', () => {
    const answers = [...expected.values()];
    for (const [i, a] of answers.entries()) {
      for (const b of answers.slice(i + 1)) {
        const differs = a.map(({ label, score }, k) => {
          const other = b[k];
          return label !== other?.label || Math.abs(score - (other?.score ?? NaN)) > 2 * TOLERANCE;
        });
        expect(differs).toContain(true);
      }
    }
  });

  it('are chosen with the file dialogue', async () => {
    await choose(demo.page, 'picture-input', [join(files, 'table.png')]);
    await seen(demo.page, 'Your picture table.png');
    await expectAnswerOn('table.png');
  });

  it('are dropped', async () => {
    await drop(demo.page, [join(files, 'handle.png')]);
    await seen(demo.page, 'Your picture handle.png');
    await expectAnswerOn('handle.png');
  });

  it('are pasted', async () => {
    await paste(demo.page, 'balls.png', readFileSync(join(files, 'balls.png')));
    await seen(demo.page, 'Your picture balls.png');
    await expectAnswerOn('balls.png');
  });

  it('are chosen among the samples', async () => {
    await demo.page.click('button[aria-label="Sample: Table"]');
    await seen(demo.page, 'A man at a table with a meal');
    await expectAnswerOn('table.png');
    await demo.page.click('button[aria-label="Sample: Cup"]');
    await seen(demo.page, 'A white cup on a wooden table');
    await expectAnswerOn('cup.jpg');
    expect(await demo.page.$eval('button[aria-label="Sample: Cup"]', (e) => e.getAttribute('aria-pressed'))).toBe(
      'true',
    );
  });

  it('that are none are refused with a reason, and the next is answered', async () => {
    writeFileSync(join(files, 'torn.png'), sampleFile(folder, 'table.png').subarray(0, 200));
    await drop(demo.page, [join(files, 'torn.png')]);
    await find(demo.page, 'result', '[data-status="failed"]');
    expect(await textIn(demo.page, 'result')).toMatch(/no answer[^]*the picture cannot be decoded/);
    await demo.page.click('button[aria-label="Sample: Cup"]');
    await seen(demo.page, 'A white cup on a wooden table');
    await expectAnswerOn('cup.jpg');
  });

  it('that are larger than textures are scaled down', async () => {
    const width = 9000;
    const large = sharp({ create: { width, height: 20, channels: 3, background: 'teal' } });
    await large.png().toFile(join(files, 'large.png'));
    await choose(demo.page, 'model-input', [join(files, 'large.png')]);
    await seen(demo.page, 'Your picture large.png');
    expect(await scores(demo.page)).toHaveLength(5);
    await demo.page.click('button[aria-label="Sample: Cup"]');
    await seen(demo.page, 'A white cup on a wooden table');
  });

  it('get boxes where the detector finds something', async () => {
    const { page } = demo;
    await page.select('#model-select', 'centernet');
    await page.waitForSelector(`${byId('boxes')} rect`);
    const [shown, reference] = [await detections(page), inject('cup').boxes];
    expectAnswer(shown, reference);
    const [cup] = reference;
    if (!cup) throw new Error('the reference finds nothing');
    expect(cup.label).toBe('cup');
    const { picture, box, naturalWidth } = await places(page);
    const scale = picture.width / naturalWidth;
    // On the screen the outline is half a stroke, not two pixels, wider to every side, and its edges lie on whole pixels.
    const tolerance = 3;
    expect(Math.abs(box.x - (picture.x + cup.x * scale))).toBeLessThan(tolerance);
    expect(Math.abs(box.y - (picture.y + cup.y * scale))).toBeLessThan(tolerance);
    expect(Math.abs(box.width - cup.width * scale)).toBeLessThan(2 * tolerance);
    expect(Math.abs(box.height - cup.height * scale)).toBeLessThan(2 * tolerance);
    await shoot(page, 'detection');
    expect(demo.complaints).toEqual([]);
  });
});
