/** The demo page from the first byte on: what it shows, whom it asks, how long it holds its thread, and without a network. */
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchChromium } from '../../../bench/lib/chromium.ts';
import {
  find,
  openDemo,
  openTab,
  scores,
  settled,
  shoot,
  textIn,
  watched,
  type Shown,
} from '../../helpers/demo-page.ts';
import { referenceScores, sampleFile, SMALL_MODEL, TOLERANCE } from '../../helpers/demo-reference.ts';
import { serveSite, type Site } from '../../helpers/demo-site.ts';

describe('the first view of the demo page', () => {
  const folder = inject('demoSite');
  let browser: Browser;
  let site: Site;
  let expected: Shown[];

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchChromium(), serveSite(folder)]);
    expected = (await referenceScores(site, [sampleFile(folder)]))[0] ?? [];
  });

  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  const expectReference = (shown: readonly Shown[]): void => {
    expect(shown[0]?.label).toBe(expected[0]?.label);
    expect(Math.abs((shown[0]?.score ?? NaN) - (expected[0]?.score ?? NaN))).toBeLessThan(TOLERANCE);
  };

  it('answers as the CPU reference does, from files of its own alone', async () => {
    const demo = await openDemo(browser, `${site.url}?model=${SMALL_MODEL}`);
    const { page } = demo;
    await page.waitForSelector('h1');
    await shoot(page, 'first-view');
    await settled(page);
    const shown = await scores(page);
    expectReference(shown);
    expect(shown).toHaveLength(5);
    expect(await textIn(page, 'adapter')).toMatch(/^WebGPU\s+\S+/);
    expect(await page.$('[data-testid="no-webgpu"]')).toBeNull();
    await shoot(page, 'classified');
    expect(demo.complaints).toEqual([]);
    // Neither of anything outside of the page's folder, nor of the browser that another host was asked for.
    expect(site.asked.filter((name) => name.startsWith('/'))).toEqual([]);
    await demo.close();
  });

  // Other work on the machine can hold the page's thread up. What the page itself does too long, it does every time.
  it(
    'neither holds its thread for 50 ms nor moves what is there, while models load, run and are measured',
    { retry: 2 },
    async () => {
      const demo = await openDemo(browser, `${site.url}?model=${SMALL_MODEL}`);
      const { page } = demo;
      await settled(page);
      await openTab(page, 'hood');
      await find(page, 'timeline');
      await openTab(page, 'try');
      await page.select('#model-select', 'centernet');
      await find(page, 'detections');
      const { longTasks, shifts } = await watched(page);
      await demo.close();
      expect(longTasks).toEqual([]);
      const total = shifts.reduce((sum, { value }) => sum + value, 0);
      expect(total, shifts.map(({ where }) => where).join('\n')).toBeLessThan(0.02);
    },
  );

  it('is there and answers without a network once it was loaded', async () => {
    const online = await serveSite(folder);
    const demo = await openDemo(browser, `${online.url}?model=${SMALL_MODEL}`);
    const { page } = demo;
    await settled(page);
    await page.waitForFunction(
      async (shard) => {
        const controlled = navigator.serviceWorker.controller !== null;
        return controlled && (await caches.match(shard)) !== undefined;
      },
      { polling: 200 },
      `${online.url}models/${SMALL_MODEL}/group1-shard1of1`,
    );
    await online.close();
    await page.setOfflineMode(true);
    await page.reload();
    await settled(page);
    expectReference(await scores(page));
    expect(demo.complaints).toEqual([]);
    await demo.close();
  });
});
