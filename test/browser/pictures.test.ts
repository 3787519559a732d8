/** Pictures of every kind a page has, prepared by the GPU kernel as by the CPU: bitmaps, canvases, images, frames, video. */
import type { Browser, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, VIDEO_FLAGS } from '../../bench/lib/chromium.ts';
import { openPage, servePages, type PageServer } from '../helpers/page-server.ts';

describe('pictures in Chromium', () => {
  let browser: Browser | undefined;
  let server: PageServer | undefined;
  let tab: Page | undefined;

  beforeAll(async () => {
    browser = await launchChromium(VIDEO_FLAGS);
    server = await servePages();
    tab = await openPage(browser, server);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  // The same bytes: floats are weighted in float32 instead of float64, integers by exact sums.
  it.each([
    ['float32', 0.01],
    ['int8', 0],
  ] as const)('arrive in the network alike on both backends: %s', async (dtype, exactness) => {
    const agreements = await tab?.evaluate((type) => globalThis.page.pictures(type), dtype);
    expect(agreements?.map(({ kind }) => kind)).toHaveLength(8);
    for (const { kind, worst, spread, off } of agreements ?? []) {
      expect(spread, kind).toBeGreaterThan(100);
      expect(worst, kind).toBeLessThanOrEqual(exactness);
      expect(off, kind).toBeLessThanOrEqual(1);
    }
  });

  it('leave no bitmap of an image element behind', async () => {
    expect(await tab?.evaluate(() => globalThis.page.bitmapsClosed())).toBe(1);
  });

  it('are refused with a reason when they are gone or not there yet', async () => {
    const answers = await tab?.evaluate(() => globalThis.page.refusals());
    expect(answers).toHaveLength(4);
    for (const answer of answers ?? []) expect(answer).toMatch(/^InputError: the picture has no pixels/);
  });
});
