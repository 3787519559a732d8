/** The demo page from the first byte on: what it shows, whom it asks, how long it holds its thread, and without a network. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchChromium } from '../../../bench/lib/chromium.ts';
import { detections, find, openDemo, openTab, scores, settled, shoot, textIn } from '../../helpers/demo-page.ts';
import { SMALL_MODEL } from '../../helpers/demo-models.ts';
import { expectAnswer } from '../../helpers/demo-reference.ts';
import { serveSite, type Site } from '../../helpers/demo-site.ts';
import { watchTasks, type ThreadTask } from '../../helpers/thread-tasks.ts';

describe('the first view of the demo page', () => {
  const folder = inject('demoSite');
  let browser: Browser;
  let site: Site;

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchChromium(), serveSite(folder)]);
  });

  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  it('is a page before its model is there', async () => {
    const { page, close } = await openDemo(browser, site.url);
    await page.waitForSelector('h1');
    await shoot(page, 'first-view');
    await close();
  });

  it('finds objects as the CPU reference does, and neither holds its thread nor moves what is there, from its own files', async () => {
    let longTasks: (() => Promise<ThreadTask[]>) | undefined;
    const demo = await openDemo(browser, site.url, async (page) => {
      longTasks = await watchTasks(page);
    });
    const { page } = demo;
    await settled(page);
    expectAnswer(await detections(page), inject('cup').boxes);
    expect(await textIn(page, 'adapter')).toMatch(/^WebGPU\s+\S+/);
    expect(await page.$('[data-testid="no-webgpu"]')).toBeNull();
    // Another model loads, runs and is measured.
    await page.select('#model-select', SMALL_MODEL);
    await find(page, 'scores');
    await openTab(page, 'hood');
    await find(page, 'timeline');
    await openTab(page, 'try');
    expect(await longTasks?.()).toEqual([]);
    const shifts = await page.evaluate(() => globalThis.layoutShifts);
    const total = shifts.reduce((sum, { value }) => sum + value, 0);
    expect(total, shifts.map(({ where }) => where).join('\n')).toBeLessThan(0.02);
    await shoot(page, 'answered');
    expect(demo.complaints).toEqual([]);
    // Neither of anything outside of the page's folder, nor of the browser that another host was asked for.
    expect(site.asked.filter((name) => name.startsWith('/'))).toEqual([]);
    await demo.close();
  });

  it('is there and answers without a network once it was loaded', async () => {
    const online = await serveSite(folder);
    const demo = await openDemo(browser, `${online.url}?model=${SMALL_MODEL}`);
    const { page } = demo;
    await settled(page);
    const before = await scores(page);
    await page.waitForFunction(
      async (files) => {
        const kept = await Promise.all(files.map((file) => caches.match(file)));
        return navigator.serviceWorker.controller !== null && !kept.includes(undefined);
      },
      { polling: 200 },
      readdirSync(join(folder, 'models', SMALL_MODEL)).map((file) => `${online.url}models/${SMALL_MODEL}/${file}`),
    );
    await online.close();
    await page.setOfflineMode(true);
    await page.reload();
    await settled(page);
    expect(await scores(page)).toEqual(before);
    expect(demo.complaints).toEqual([]);
    await demo.close();
  });
});
