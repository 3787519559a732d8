/** The demo page in a browser without WebGPU: it says so and answers all the same, on the CPU. */
import type { Browser } from 'puppeteer';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchChromium } from '../../../bench/lib/chromium.ts';
import {
  byId,
  find,
  openDemo,
  openTab,
  press,
  scores,
  settled,
  shoot,
  textIn,
  watched,
  type Demo,
  type Shown,
} from '../../helpers/demo-page.ts';
import { referenceScores, sampleFile, TOLERANCE } from '../../helpers/demo-reference.ts';
import { serveSite, type Site } from '../../helpers/demo-site.ts';

/** No graphics at all; and a host that is not this machine's, so that plain http is not secure any more. */
const NO_GPU = ['--disable-gpu'];
const HOST = 'demo.test';
const ELSEWHERE = [`--host-resolver-rules=MAP ${HOST} 127.0.0.1`];

describe('the demo page without WebGPU', () => {
  const folder = inject('demoSite');
  let site: Site;
  let browser: Browser | undefined;
  let expected: Shown[];

  beforeAll(async () => {
    site = await serveSite(folder);
    expected = (await referenceScores(site, [sampleFile(folder)]))[0] ?? [];
  });

  afterEach(() => browser?.close());
  afterAll(() => site.close());

  async function expectReference({ page }: Demo): Promise<void> {
    await settled(page);
    expect(await textIn(page, 'adapter')).toMatch(/^CPU/);
    const shown = await scores(page);
    expect(shown.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
    shown.forEach(({ score }, i) => expect(Math.abs(score - (expected[i]?.score ?? NaN))).toBeLessThan(TOLERANCE));
  }

  // Repeated where other work on the machine held the page's thread up.
  it('says that there is no adapter, and what to do, and answers on the CPU', { retry: 2 }, async () => {
    browser = await launchChromium(NO_GPU);
    const demo = await openDemo(browser, site.url);
    const { page } = demo;
    const notice = await textIn(page, 'no-webgpu');
    expect(notice).toContain('WebGPU found no graphics adapter');
    expect(notice).toContain('update the driver');
    await expectReference(demo);
    const { longTasks } = await watched(page);
    await shoot(page, 'no-webgpu');
    await openTab(page, 'hood');
    await find(page, 'kinds');
    expect(await page.$(byId('timeline'))).toBeNull();
    await openTab(page, 'bench');
    expect(await textIn(page, 'bench')).toContain('It needs WebGPU');
    expect(await page.$(`${byId('bench-start')}[disabled]`)).not.toBeNull();
    expect(demo.complaints).toEqual([]);
    expect(longTasks).toEqual([]);
  });

  it('says that its address is not secure, and answers on the CPU', async () => {
    browser = await launchChromium(ELSEWHERE);
    const demo = await openDemo(browser, site.url.replace('127.0.0.1', HOST));
    const { page } = demo;
    expect(await page.evaluate(() => 'gpu' in navigator)).toBe(false);
    const notice = await textIn(page, 'no-webgpu');
    expect(notice).toContain('WebGPU is not available on this address');
    expect(notice).toContain('Open this page over https');
    await press(page, 'camera-button');
    await expectReference(demo);
    expect(await textIn(page, 'camera-message')).toContain('it needs https or localhost');
    expect(demo.complaints).toEqual([]);
  });
});
