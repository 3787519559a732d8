/** The camera in the demo page: a made-up one that shows the sample photograph, and none where it is not allowed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchChromium, VIDEO_FLAGS } from '../../../bench/lib/chromium.ts';
import { byId, detections, openDemo, press, scores, settled, shoot, textIn } from '../../helpers/demo-page.ts';
import { SMALL_MODEL } from '../../helpers/demo-models.ts';
import { sampleFile } from '../../helpers/demo-reference.ts';
import { serveSite, type Site } from '../../helpers/demo-site.ts';
import { watchTasks } from '../../helpers/thread-tasks.ts';

/** A camera that Chromium makes up, and the answer to whether the page may use it. */
const CAMERA = ['--use-fake-device-for-media-stream'];
const ALLOW = '--use-fake-ui-for-media-stream';
const DENY = `${ALLOW}=deny`;

interface Frames {
  /** Pictures that the page handed to its Worker. */
  looked: number;
  inFlight: number;
  mostInFlight: number;
}

declare global {
  var frameCount: Frames;
  var lastStream: MediaStream;
}

/** Counts what the page hands to its Worker to look at, and what of it is unanswered. */
function countFrames(): void {
  globalThis.frameCount = { looked: 0, inFlight: 0, mostInFlight: 0 };
  const frames = globalThis.frameCount;
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function count(this: Worker, message: { id: string; path?: string[] }, ...rest) {
    if (message.path?.[0] === 'look') {
      frames.looked++;
      frames.mostInFlight = Math.max(frames.mostInFlight, ++frames.inFlight);
      const answered = ({ data }: MessageEvent): void => {
        if (data?.id !== message.id) return;
        frames.inFlight--;
        this.removeEventListener('message', answered);
      };
      this.addEventListener('message', answered);
    }
    return Reflect.apply(postMessage, this, [message, ...rest]);
  };
}

const count = async (page: Page): Promise<void> => {
  await page.evaluateOnNewDocument(countFrames);
};

/** What the page says beside the moving picture. */
async function figures(page: Page): Promise<{ fps: number; ms: number }> {
  const [, fps, value, unit] = /([\d.]+) fps\s+([\d.]+) (m?s)/.exec(await textIn(page, 'camera-figures')) ?? [];
  return { fps: Number(fps), ms: Number(value) * (unit === 's' ? 1000 : 1) };
}

describe('the camera in the demo page', () => {
  const folder = inject('demoSite');
  const made = mkdtempSync(join(tmpdir(), 'tilewise-camera-'));
  let browser: Browser;
  let site: Site;

  beforeAll(async () => {
    const frame = await sharp(sampleFile(folder)).resize(640, 480, { fit: 'cover' }).jpeg({ quality: 95 }).toBuffer();
    const film = join(made, 'cup.mjpeg');
    writeFileSync(film, Buffer.concat(Array.from({ length: 5 }, () => frame)));
    const flags = [...VIDEO_FLAGS, ...CAMERA, ALLOW, `--use-file-for-fake-video-capture=${film}`];
    [browser, site] = await Promise.all([launchChromium(flags), serveSite(folder)]);
  });

  afterAll(async () => {
    await browser.close();
    await site.close();
    rmSync(made, { recursive: true, force: true });
  });

  it('is looked at frame by frame, one at a time, until it is stopped', async () => {
    const demo = await openDemo(browser, `${site.url}?model=${SMALL_MODEL}`, count);
    const { page } = demo;
    await settled(page);
    const still = await scores(page);
    const longTasks = await watchTasks(page);
    await press(page, 'camera-button');
    await page.waitForFunction(() => globalThis.frameCount.looked > 6);
    const { fps, ms } = await figures(page);
    expect(fps).toBeGreaterThan(0);
    expect(ms).toBeGreaterThan(0);
    // The photograph, cut a little: about the same, and not the same.
    const [moving] = await scores(page);
    expect(moving?.label).toBe(still[0]?.label);
    expect(moving?.score).not.toBe(still[0]?.score);
    expect((await page.evaluate(() => globalThis.frameCount)).mostInFlight).toBe(1);
    await page.$eval('video', (video) => {
      globalThis.lastStream = video.srcObject as MediaStream;
    });
    await press(page, 'camera-button');
    await page.waitForSelector(`${byId('view')} > img`);
    await settled(page);
    expect(await scores(page)).toEqual(still);
    expect(await page.evaluate(() => globalThis.lastStream.getTracks().map(({ readyState }) => readyState))).toEqual([
      'ended',
    ]);
    expect(await longTasks()).toEqual([]);
    expect(demo.complaints).toEqual([]);
    await demo.close();
  });

  it('may be on before the model is there, and gets boxes from the detector', async () => {
    const demo = await openDemo(browser, `${site.url}?model=centernet`);
    const { page } = demo;
    await press(page, 'camera-button');
    await page.waitForSelector(`${byId('view')}:has(video) ${byId('boxes')} rect`);
    expect((await detections(page)).map(({ label }) => label)).toContain('cup');
    await shoot(page, 'camera');
    expect(await page.$('video')).not.toBeNull();
    // Another tab of the page has no use for it.
    await page.click('#tab-bench');
    await page.click('#tab-try');
    await page.waitForSelector(`${byId('view')} > img`);
    expect(demo.complaints).toEqual([]);
    await demo.close();
  });

  it('that is not allowed is explained', async () => {
    const wary = await launchChromium([...CAMERA, DENY]);
    const demo = await openDemo(wary, `${site.url}?model=${SMALL_MODEL}`);
    const { page } = demo;
    await press(page, 'camera-button');
    await page.waitForSelector(`${byId('camera-message')} .problem`);
    expect(await textIn(page, 'camera-message')).toMatch(/^The camera was not allowed\. Allow it/);
    await settled(page);
    expect(demo.complaints).toEqual([]);
    await wary.close();
  });
});
