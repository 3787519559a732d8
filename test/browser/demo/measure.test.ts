/** What the demo page measures: layers, GPU against CPU, whole networks; and how it takes the loss of its device. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ChromeTrace } from '../../../src/index.ts';
import { launchChromium } from '../../../bench/lib/chromium.ts';
import {
  byId,
  download,
  find,
  openDemo,
  openTab,
  press,
  runAgain,
  scores,
  settled,
  shoot,
  textIn,
  type Demo,
  type Shown,
} from '../../helpers/demo-page.ts';
import { SMALL_MODEL } from '../../helpers/demo-models.ts';
import { TOLERANCE } from '../../helpers/demo-reference.ts';
import { serveSite, type Site } from '../../helpers/demo-site.ts';

/** `1.24 s`, `12.3 ms`, `45 µs`: as the page writes times. In milliseconds. */
function milliseconds(text: string): number {
  const [, value, unit] = /([\d.]+)\s(s|ms|µs)/.exec(text) ?? [];
  return Number(value) * (unit === 's' ? 1000 : unit === 'ms' ? 1 : 0.001);
}

describe('measurements in the demo page', () => {
  const saved = mkdtempSync(join(tmpdir(), 'tilewise-saved-'));
  let browser: Browser;
  let site: Site;
  let demo: Demo;
  /** The answer at the start. */
  let before: Shown[];

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchChromium(), serveSite(inject('demoSite'))]);
    demo = await openDemo(browser, `${site.url}?model=${SMALL_MODEL}`);
    await settled(demo.page);
    before = await scores(demo.page);
  });

  afterAll(async () => {
    await browser.close();
    await site.close();
    rmSync(saved, { recursive: true, force: true });
  });

  /** A definition list as an object. */
  const facts = (selector: string): Promise<Record<string, string>> =>
    demo.page.$$eval(`${selector} dl > div`, (rows) =>
      Object.fromEntries(
        rows.map((row) => [row.querySelector('dt')?.textContent ?? '', row.querySelector('dd')?.textContent ?? '']),
      ),
    );

  it('show every step of the plan with its kernel and its time', async () => {
    const { page } = demo;
    await openTab(page, 'hood');
    await find(page, 'timeline');
    const figures = await facts(byId('figures'));
    const dispatches = Number(figures['Dispatches']);
    expect(dispatches).toBeGreaterThan(30);
    expect(milliseconds(figures['A run'] ?? '')).toBeGreaterThan(0);
    const labels = await page.$$eval(`${byId('timeline')} [role="option"]`, (bars) =>
      bars.map((bar) => bar.getAttribute('aria-label') ?? ''),
    );
    expect(labels).toHaveLength(dispatches);
    for (const label of labels) expect(label).toMatch(/^\S.*, \w+ [\w-]+, [\d.]+ (s|ms|µs)$/);
    const shares = await page.$$eval(`${byId('kinds')} .kind-share`, (all) => all.map((e) => parseFloat(e.innerHTML)));
    expect(shares.length).toBeGreaterThan(2);
    expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 100)).toBeLessThan(1);
    await shoot(page, 'timeline');
  });

  it('let the timeline be walked through with the keyboard', async () => {
    const { page } = demo;
    await page.focus(byId('timeline'));
    await page.keyboard.press('Home');
    await page.waitForSelector('#step-0[aria-selected="true"]');
    expect(await textIn(page, 'step-detail')).toMatch(/^1 /);
    await page.keyboard.press('ArrowRight');
    await page.waitForSelector('#step-1[aria-selected="true"]');
    expect(await textIn(page, 'step-detail')).toMatch(/^2 [\s\S]*Kernel/);
  });

  it('are exported as a trace of all steps', async () => {
    const file = await download(demo.page, 'export-trace', saved);
    const { traceEvents }: ChromeTrace = JSON.parse(readFileSync(file, 'utf8'));
    // The first track has the means, the others the runs one by one.
    const steps = traceEvents.filter(({ ph, tid }) => ph === 'X' && tid === 0);
    expect(steps).toHaveLength(Number((await facts(byId('figures')))['Dispatches']));
    expect(steps.every(({ dur }) => dur !== undefined && dur >= 0)).toBe(true);
  });

  it('compare the GPU with the CPU', async () => {
    const { page } = demo;
    await press(page, 'compare');
    await find(page, 'comparison', '[data-status="done"]');
    const compared = await facts(byId('comparison'));
    expect(milliseconds(compared['GPU'] ?? '')).toBeGreaterThan(0);
    expect(milliseconds(compared['CPU'] ?? '')).toBeGreaterThan(0);
    const difference = parseFloat(compared['Largest difference'] ?? '');
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(TOLERANCE);
    const [, agreeing, nodes] = /(\d+) of (\d+) nodes/.exec(compared['Nodes that agree'] ?? '') ?? [];
    expect(Number(nodes)).toBeGreaterThan(30);
    expect(agreeing).toBe(nodes);
    await shoot(page, 'under-the-hood');
  });

  /** Closes the remark at the page's edge, so that the next one is a new one. */
  const closeNotice = async (): Promise<void> => {
    await demo.page.click(`${byId('notice')} button`);
    await demo.page.waitForSelector(`${byId('notice')}:empty`);
  };

  it('go on with a new device when one is lost between runs', async () => {
    const { page } = demo;
    await press(page, 'lose-device');
    await find(page, 'notice', ' .notice');
    expect(await textIn(page, 'notice')).toContain('The GPU device was lost');
    await shoot(page, 'device-lost');
    await closeNotice();
    await openTab(page, 'try');
    await runAgain(page);
    expect(await scores(page)).toEqual(before);
  });

  it('repeat a run during which the device is lost', async () => {
    const { page } = demo;
    const [worker] = page.workers();
    await worker?.evaluate(() => {
      const { createCommandEncoder } = GPUDevice.prototype;
      GPUDevice.prototype.createCommandEncoder = function lose(...args) {
        GPUDevice.prototype.createCommandEncoder = createCommandEncoder;
        this.destroy();
        return createCommandEncoder.apply(this, args);
      };
    });
    await runAgain(page);
    expect(await textIn(page, 'notice', ':has(.notice)')).toContain('during the run; it was opened again');
    expect(await scores(page)).toEqual(before);
    await closeNotice();
  });

  it('of whole networks can be stopped, and saved as JSON and as a picture', async () => {
    const { page } = demo;
    await openTab(page, 'bench');
    await press(page, 'bench-start');
    await page.waitForSelector(`${byId('bench-table')} tbody tr`);
    await press(page, 'bench-stop');
    await find(page, 'bench', '[data-status="done"]');
    const rows = await page.$$eval(`${byId('bench-table')} tbody tr`, (all) => all.map((row) => row.textContent));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThan(4);
    expect(await textIn(page, 'bench')).toContain(`Stopped after ${rows.length} network`);
    await shoot(page, 'benchmark');
    const report = JSON.parse(readFileSync(await download(page, 'save-json', saved), 'utf8'));
    expect(report.environment.adapter.name).toBe((await textIn(page, 'adapter')).replace(/^WebGPU\s+/, ''));
    expect(report.rows).toHaveLength(rows.length);
    for (const { model, runMs } of report.rows) {
      expect(model).toMatch(/\w/);
      expect(runMs.median).toBeGreaterThan(0);
      expect(runMs.min).toBeLessThanOrEqual(runMs.median);
    }
    const picture = await sharp(readFileSync(await download(page, 'save-picture', saved))).metadata();
    expect(picture).toMatchObject({ format: 'png', width: 1200 });
    expect(demo.complaints).toEqual([]);
  });
});
