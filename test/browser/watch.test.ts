/** Watching a made-up camera in Chromium: frames by its element and by its stream, dropped and closed, until it is stopped. */
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, VIDEO_FLAGS } from '../../bench/lib/chromium.ts';
import { openPage, servePages, type PageServer } from '../helpers/page-server.ts';

describe('a camera that is watched', () => {
  let browser: Browser | undefined;
  let server: PageServer | undefined;

  beforeAll(async () => {
    const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
    browser = await launchChromium([...VIDEO_FLAGS, ...camera]);
    server = await servePages();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it.each([
    ['video', 4],
    // What the browser drops of a track before it is read is not counted.
    ['stream', 0],
  ] as const)('gives its newest frames, one at a time: by its %s', async (by, least) => {
    const tab = await openPage(browser, server);
    const answer = await tab.evaluate((how) => globalThis.page.watchCamera(how), by);
    expect(answer).toMatchObject({ frames: 5, inOrder: true, atOnce: 1, open: 0, live: true });
    expect(answer.dropped).toBeGreaterThanOrEqual(least);
    // Chromium's made-up camera shows a disc on green.
    for (const mean of answer.means) expect(mean).toBeGreaterThan(20);
    await tab.close();
  });
});
