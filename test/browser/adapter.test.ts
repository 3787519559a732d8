/** Headless Chromium gives a page a WebGPU adapter that computes: what every other browser test stands on. */
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../bench/lib/chromium.ts';
import { servePages, type PageServer } from '../helpers/page-server.ts';

describe('a page in Chromium', () => {
  let browser: Browser | undefined;
  let server: PageServer | undefined;

  beforeAll(async () => {
    browser = await launchChromium();
    server = await servePages();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('gets an adapter and computes with it', async () => {
    const tab = await browser?.newPage();
    await tab?.goto(`${server?.origin}/page`);
    await tab?.waitForFunction(() => 'page' in globalThis);
    const answer = await tab?.evaluate(() => globalThis.page.double([1, -2.5, 3]));
    expect(answer?.doubled).toEqual([2, -5, 6]);
    expect(answer?.vendor).not.toBe('');
  });
});
