/** Picture files in Chromium: every form and format, upright, with the same pixels as in Node; and what is said of bad ones. */
import type { Browser, Page } from 'puppeteer';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../bench/lib/chromium.ts';
import { decodeImage } from '../../src/node/image.ts';
import { serveFiles, type FileServer } from '../helpers/file-server.ts';
import { openPage, servePages, type PageServer } from '../helpers/page-server.ts';

const [WIDTH, HEIGHT] = [24, 16];

/** Six tiles of different colours: whatever is turned or mirrored is seen. */
const TILES = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
  const [pixel, channel] = [Math.floor(i / 3), i % 3];
  const tile = Math.floor((pixel % WIDTH) / 8) + 3 * Math.floor(pixel / WIDTH / 8);
  return [40 * tile + 20, 220 - 30 * tile, 110 + (tile % 2) * 60][channel] ?? 0;
});
const tiles = (orientation = 1): Sharp =>
  sharp(TILES, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).withMetadata({ orientation });
const ENCODERS: Readonly<Record<string, (image: Sharp) => Sharp>> = {
  png: (image) => image.png(),
  jpeg: (image) => image.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }),
  webp: (image) => image.webp({ lossless: true }),
  gif: (image) => image.gif(),
  avif: (image) => image.avif({ lossless: true, chromaSubsampling: '4:4:4' }),
};

describe('picture files in Chromium', () => {
  const files = new Map<string, Uint8Array>();
  let browser: Browser | undefined;
  let server: PageServer | undefined;
  let elsewhere: FileServer | undefined;
  let tab: Page | undefined;

  beforeAll(async () => {
    for (const [format, encode] of Object.entries(ENCODERS)) {
      for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8])
        files.set(`${format}${orientation}`, await encode(tiles(orientation)).toBuffer());
    }
    const jpeg = files.get('jpeg1') ?? new Uint8Array();
    files.set('cut.jpg', jpeg.subarray(0, jpeg.length - 40));
    files.set('page.html', Buffer.from('<!doctype html><title>Not found</title>'));
    files.set('empty', new Uint8Array());
    files.set('tiff', await tiles().tiff().toBuffer());
    const faint = Uint8Array.of(200, 100, 50, 255, 200, 100, 50, 128, 10, 20, 30, 64);
    files.set(
      'alpha',
      await sharp(faint, { raw: { width: 3, height: 1, channels: 4 } })
        .png()
        .toBuffer(),
    );
    const printed = sharp(TILES, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).toColourspace('cmyk');
    files.set('cmyk', await printed.jpeg({ quality: 100 }).toBuffer());
    server = await servePages(files);
    elsewhere = await serveFiles({ 'a.png': files.get('png1') ?? new Uint8Array() });
    browser = await launchChromium();
    tab = await openPage(browser, server);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await elsewhere?.close();
  });

  const run = async (
    name: string,
    form = 'address',
    how: { width: number; height: number; backend?: 'cpu' } = { width: WIDTH, height: HEIGHT },
  ): Promise<{ data: number[]; error: string; open: number }> => {
    const url = name.includes(':') ? name : `/files/${name}`;
    const answer = await tab?.evaluate((u, f, h) => globalThis.page.pictureFile(u, f, h), url, form, how);
    if (!answer) throw new Error('no page');
    return answer;
  };

  it.each(['address', 'URL', 'Blob', 'File', 'ArrayBuffer', 'Uint8Array'])('are taken as %s', async (form) => {
    const { data, error, open } = await run('png1', form);
    expect([error, open, ...data]).toEqual(['', 0, ...TILES]);
  });

  it.each(Object.keys(ENCODERS))('have upright the pixels that they have in Node: %s', async (format) => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const name = `${format}${orientation}`;
      const { width, height, data: inNode } = await decodeImage(files.get(name) ?? '', name);
      const expected = [...inNode].filter((_, i) => i % 4 < 3);
      for (const backend of orientation === 6 ? (['cpu', undefined] as const) : [undefined]) {
        const { data, error, open } = await run(name, 'Blob', { width, height, ...(backend && { backend }) });
        expect([name, error, open]).toEqual([name, '', 0]);
        const worst = Math.max(...expected.map((v, i) => Math.abs(v - (data[i] ?? NaN))));
        // Decoders differ in how they round from YCbCr.
        expect(worst, name).toBeLessThanOrEqual(format === 'jpeg' || format === 'avif' ? 3 : 0);
      }
    }
  });

  it('are the same as in Node where they are CMYK without a profile', async () => {
    const file = files.get('cmyk') ?? '';
    expect(await sharp(file).metadata()).toMatchObject({ space: 'cmyk', hasProfile: false });
    const { data: inNode } = await decodeImage(file);
    const { data } = await run('cmyk');
    const expected = [...inNode].filter((_, i) => i % 4 < 3);
    expected.forEach((v, i) => expect(Math.abs(v - (data[i] ?? NaN))).toBeLessThanOrEqual(3));
  });

  it('keep the colours that are see-through, as in Node', async () => {
    const { data } = await run('alpha', 'address', { width: 3, height: 1 });
    expect(data).toEqual([200, 100, 50, 200, 100, 50, 10, 20, 30]);
    const { data: onCpu } = await run('alpha', 'address', { width: 3, height: 1, backend: 'cpu' });
    // A canvas holds colours multiplied by alpha, in bytes.
    onCpu.forEach((v, i) => expect(Math.abs(v - (data[i] ?? NaN))).toBeLessThanOrEqual(2));
  });

  it.each([
    ['none.png', /^LoadError: .*none\.png: the server answered 404/],
    ['page.html', /^InputError: .*page\.html: not a picture but a web page/],
    ['empty', /^InputError: .*empty: the file is empty/],
    ['cut.jpg', /^InputError: .*cut\.jpg: the JPEG picture cannot be decoded.*damaged or incomplete/],
    ['tiff', /^InputError: .*tiff: the TIFF picture cannot be decoded.*Browsers read JPEG/],
  ])('are refused with a reason: %s', async (name, message) => {
    const { error, open } = await run(name);
    expect(error).toMatch(message);
    expect(open).toBe(0);
  });

  it('of another origin need its leave, and a signal is heard', async () => {
    expect((await run(`${elsewhere?.url}/a.png`)).error).toMatch(
      /^LoadError: .*a\.png: the picture cannot be fetched.*CORS/,
    );
    expect(await tab?.evaluate(() => globalThis.page.givenUp('/files/png1'))).toMatch(/enough/);
  });
});
