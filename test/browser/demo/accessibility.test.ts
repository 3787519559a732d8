/** The demo page for those who use no mouse, no large screen, or no eyes: axe-core, 360 pixels, the keyboard. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchChromium } from '../../../bench/lib/chromium.ts';
import { find, openDemo, openTab, settled, shoot, type Demo } from '../../helpers/demo-page.ts';
import { SMALL_MODEL } from '../../helpers/demo-models.ts';

import { serveSite, type Site } from '../../helpers/demo-site.ts';

declare global {
  var axe: typeof import('axe-core');
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TABS = ['try', 'hood', 'bench'] as const;
/** The narrowest phone that the page is made for, and a desktop. */
const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1280, height: 900 };

describe('the demo page is usable', () => {
  let browser: Browser;
  let site: Site;
  let demo: Demo;

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchChromium(), serveSite(inject('demoSite'))]);
    demo = await openDemo(browser, `${site.url}?model=${SMALL_MODEL}`);
    await settled(demo.page);
    // Measured once, so that every later look at this tab finds its contents.
    await openTab(demo.page, 'hood');
    await find(demo.page, 'timeline');
    await demo.page.evaluate(AXE);
  });

  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  /** Rules of WCAG 2.2 AA and axe's best practices that the page breaks, with where. */
  async function violations(): Promise<string[]> {
    const { violations }: AxeResults = await demo.page.evaluate(() => globalThis.axe.run());
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target} ${failureSummary}`),
    );
  }

  for (const theme of ['light', 'dark'] as const) {
    for (const [device, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
      it(`on a ${device} in ${theme} colours`, async () => {
        const { page } = demo;
        await page.setViewport(viewport);
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
        await page.waitForSelector(`html[data-theme="${theme}"]`);
        for (const tab of TABS) {
          await openTab(page, tab);
          await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
          expect(await violations(), tab).toEqual([]);
          const sideways = await page.evaluate(() => {
            scrollTo({ left: 1000, behavior: 'instant' });
            return scrollX;
          });
          expect(sideways, `${tab} scrolls sideways`).toBe(0);
          await shoot(page, `${tab}-${device}-${theme}`);
        }
      });
    }
  }

  it('by keyboard alone', async () => {
    const { page } = demo;
    await page.setViewport(DESKTOP);
    await page.click('#tab-try');
    const selected = (): Promise<string> => page.$eval('[role="tab"][aria-selected="true"]', ({ id }) => id);
    for (const [key, tab] of [
      ['ArrowRight', 'tab-hood'],
      ['End', 'tab-bench'],
      ['ArrowRight', 'tab-try'],
      ['ArrowLeft', 'tab-bench'],
      ['Home', 'tab-try'],
    ] as const) {
      await page.keyboard.press(key);
      await page.waitForSelector(`#${tab}[aria-selected="true"]`);
      expect(await selected()).toBe(tab);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe(tab);
    }
    const reached: string[] = [];
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab');
      reached.push(
        await page.evaluate(() => {
          const { activeElement: at } = document;
          return at?.getAttribute('data-testid') ?? at?.getAttribute('aria-label') ?? at?.textContent ?? '';
        }),
      );
    }
    for (const name of ['Sample: Cup', 'picture-input', 'camera-button', 'model-select', 'model-input', 'Run again']) {
      expect(reached).toContain(name);
    }
    await page.focus('button[aria-label="Sample: Table"]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('img[alt="A man at a table with a meal"]');
    expect(demo.complaints).toEqual([]);
  });
});
