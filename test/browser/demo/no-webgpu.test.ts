/** The demo page in a browser without WebGPU: it says so and answers all the same, by WASM. */
import type { Browser } from 'puppeteer';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchChromium } from '../../../bench/lib/chromium.ts';
import {
  byId,
  detections,
  find,
  openDemo,
  openTab,
  press,
  scores,
  settled,
  shoot,
  textIn,
} from '../../helpers/demo-page.ts';
import { SMALL_MODEL } from '../../helpers/demo-models.ts';
import { expectAnswer } from '../../helpers/demo-reference.ts';
import { serveSite, type Site } from '../../helpers/demo-site.ts';
import { watchTasks, type ThreadTask } from '../../helpers/thread-tasks.ts';

/** No graphics at all, not even in software; and a host that is not this machine's, so that plain http is not secure any more. */
const NO_GPU = ['--disable-gpu', '--disable-software-rasterizer'];
const HOST = 'demo.test';
const ELSEWHERE = [`--host-resolver-rules=MAP ${HOST} 127.0.0.1`];

describe('the demo page without WebGPU', () => {
  const folder = inject('demoSite');
  let site: Site;
  let browser: Browser | undefined;

  beforeAll(async () => {
    site = await serveSite(folder);
  });

  afterEach(() => browser?.close());
  afterAll(() => site.close());

  it('says that there is no adapter, and what to do, and answers by WASM', async () => {
    browser = await launchChromium(NO_GPU);
    let longTasks: (() => Promise<ThreadTask[]>) | undefined;
    const demo = await openDemo(browser, `${site.url}?model=none`, async (page) => {
      longTasks = await watchTasks(page);
    });
    const { page } = demo;
    expect(await textIn(page, 'notice', ' .notice')).toContain('There is no model "none" here');
    const notice = await textIn(page, 'no-webgpu');
    expect(notice).toContain('WebGPU found no graphics adapter');
    expect(notice).toContain('update the driver');
    expect(notice).toContain('on the CPU by WASM SIMD');
    await settled(page);
    expect(await longTasks?.()).toEqual([]);
    expect(await textIn(page, 'adapter')).toMatch(/^WASM/);
    expect(await textIn(page, 'result', ' .took-where')).toContain('on WASM SIMD');
    expectAnswer(await detections(page), inject('cup').boxes);
    await shoot(page, 'no-webgpu');
    await openTab(page, 'hood');
    await find(page, 'kinds');
    expect(await page.$(byId('timeline'))).toBeNull();
    await openTab(page, 'bench');
    expect(await textIn(page, 'bench')).toContain('It needs WebGPU');
    expect(await page.$(`${byId('bench-start')}[disabled]`)).not.toBeNull();
    expect(demo.complaints).toEqual([]);
  });

  it('says that its address is not secure, and answers by WASM', async () => {
    browser = await launchChromium(ELSEWHERE);
    const demo = await openDemo(browser, `${site.url.replace('127.0.0.1', HOST)}?model=${SMALL_MODEL}`);
    const { page } = demo;
    expect(await page.evaluate(() => 'gpu' in navigator)).toBe(false);
    const notice = await textIn(page, 'no-webgpu');
    expect(notice).toContain('WebGPU is not available on this address');
    expect(notice).toContain('Open this page over https');
    await press(page, 'camera-button');
    await settled(page);
    expect(await textIn(page, 'adapter')).toMatch(/^WASM/);
    expectAnswer(await scores(page), inject('cup').scores);
    expect(await textIn(page, 'camera-message')).toContain('it needs https or localhost');
    expect(demo.complaints).toEqual([]);
  });

  it.each([
    ['wasm', /^WASM\s+SIMD on the CPU/, 'on WASM SIMD', 'by WASM SIMD'],
    ['cpu', /^CPU\s+CPU reference/, 'on CPU', 'the CPU reference'],
  ])('runs on %s where the address says so, though there is WebGPU', async (backend, chip, where, words) => {
    browser = await launchChromium();
    const { page, complaints } = await openDemo(browser, `${site.url}?model=${SMALL_MODEL}&backend=${backend}`);
    expect(await textIn(page, 'no-webgpu')).toContain(words);
    await settled(page);
    expect(await textIn(page, 'adapter')).toMatch(chip);
    expect(await textIn(page, 'result', ' .took-where')).toContain(where);
    expectAnswer(await scores(page), inject('cup').scores);
    expect(complaints).toEqual([]);
  });

  it('says that there is no adapter where the address asks for WebGPU and nothing else', async () => {
    browser = await launchChromium(NO_GPU);
    const { page } = await openDemo(browser, `${site.url}?model=${SMALL_MODEL}&backend=webgpu`);
    await find(page, 'problem', '[data-code="NO_DEVICE"]');
    expect(await textIn(page, 'adapter')).toMatch(/^WebGPU\s+no adapter found/);
  });
});
