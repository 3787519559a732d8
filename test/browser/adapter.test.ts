/** Headless Chromium gives a page a WebGPU adapter that computes: what every other browser test stands on. */
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../bench/lib/chromium.ts';
import { openPage, servePages, type PageServer } from '../helpers/page-server.ts';

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
    const tab = await openPage(browser, server);
    const { doubled, vendor } = await tab.evaluate(() => globalThis.page.double([1, -2.5, 3]));
    expect(doubled).toEqual([2, -5, 6]);
    expect(vendor).not.toBe('');
  });
});
