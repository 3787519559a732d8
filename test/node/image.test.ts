/** Picture files: formats, orientation, BMP variants written by hand, damage. */
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { decodeImage } from '../../src/node/image.ts';
import { encodeBmp } from '../helpers/bmp-bytes.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';

/** 3×2 RGB: red, green, blue / white, grey, black. */
const RGB = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 128, 128, 128, 0, 0, 0);
const RGBA = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255, 128, 128, 128, 255, 0, 0, 0, 255];
const small = (): Sharp => sharp(RGB, { raw: { width: 3, height: 2, channels: 3 } });

describe('decodeImage', () => {
  it.each([undefined, null, 7, [0xff, 0xd8, 0xff], new ArrayBuffer(64), new Uint8ClampedArray(4)])(
    'refuses %o',
    async (bytes) => {
      await expect(decodeImage(bytes as unknown as Uint8Array, 'x')).rejects.toBeInstanceOf(InputError);
    },
  );

  it('decodes PNG and WebP exactly, JPEG closely, whatever the name says', async () => {
    for (const file of [await small().png().toBuffer(), await small().webp({ lossless: true }).toBuffer()]) {
      const p = await decodeImage(file, 'wrong.txt');
      expect([p.width, p.height, [...p.data]]).toEqual([3, 2, RGBA]);
    }
    const flat = sharp({ create: { width: 20, height: 10, channels: 3, background: { r: 200, g: 100, b: 50 } } });
    const p = await decodeImage(await flat.jpeg({ quality: 95 }).toBuffer(), 'x.jpg');
    expect([p.width, p.height]).toEqual([20, 10]);
    [200, 100, 50, 255].forEach((v, i) => expect(Math.abs((p.data[i] ?? 0) - v)).toBeLessThanOrEqual(3));
  });

  it('turns a picture upright as its EXIF orientation says', async () => {
    const file = await small().withMetadata({ orientation: 6 }).png().toBuffer();
    const p = await decodeImage(file, 'turned.png');
    expect([p.width, p.height]).toEqual([2, 3]); // 90° clockwise
    expect([...p.data.subarray(0, 8)]).toEqual([255, 255, 255, 255, 255, 0, 0, 255]);
  });

  it('gives RGBA of grey, 16-bit and transparent pictures', async () => {
    const grey = await sharp(Uint8Array.of(7, 9), { raw: { width: 2, height: 1, channels: 1 } })
      .png()
      .toBuffer();
    expect([...(await decodeImage(grey, 'g')).data]).toEqual([7, 7, 7, 255, 9, 9, 9, 255]);
    const deep = await small().toColourspace('rgb16').png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    expect([...(await decodeImage(deep, 'd')).data]).toEqual(RGBA);
    const clear = await sharp(Uint8Array.of(1, 2, 3, 4), { raw: { width: 1, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    expect([...(await decodeImage(clear, 'c')).data]).toEqual([1, 2, 3, 4]);
  });

  it('names what is no picture', async () => {
    for (const text of ['hello', 'BM is a shorthand for something else']) {
      await expect(decodeImage(Buffer.from(text), 'notes.txt')).rejects.toThrow(
        /^file notes\.txt: not a picture\. .*JPEG, PNG, WebP, GIF, AVIF and BMP/,
      );
    }
    const others = {
      'the file is empty': Buffer.alloc(0),
      'not a picture but a web page': Buffer.from('\uFEFF\n<!doctype html><html>'),
      'not a picture but an SVG drawing': Buffer.from('<?xml version="1.0"?><!-- a --><svg xmlns="x">'),
      'not a picture but XML': Buffer.from('<?xml version="1.0"?><rss>'),
      'not a picture but JSON': Buffer.from('{"format": "graph-model"}'),
      'not a picture but an ONNX model': encodeModel({ opset: 13, inputs: [], outputs: [], nodes: [] }),
      'not a picture but a PDF': Buffer.from('%PDF-1.7'),
      'the GIF picture cannot be decoded': Buffer.from('GIF89a.............'),
    };
    for (const [message, bytes] of Object.entries(others)) {
      await expect(decodeImage(bytes, { name: 'notes.txt' })).rejects.toThrow(`file notes.txt: ${message}`);
    }
  });

  it('refuses damaged and cut files', async () => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251);
    const big = (): Sharp => sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });
    for (const file of [await big().png().toBuffer(), await big().jpeg().toBuffer(), await big().webp().toBuffer()]) {
      for (const keep of [0.3, 0.9]) {
        const cut = file.subarray(0, Math.max(16, Math.floor(file.length * keep)));
        await expect(decodeImage(cut, 'cut.bin')).rejects.toBeInstanceOf(InputError);
      }
      await expect(decodeImage(file.subarray(0, 14), 'stub.bin')).rejects.toThrow(/stub\.bin/);
    }
  });

  it('refuses absurd dimensions before decoding', async () => {
    const png = claiming(await small().png().toBuffer(), 60_000);
    await expect(decodeImage(png, 'bomb.png')).rejects.toThrow(/bomb\.png: .*too large.*100 million/);
    await expect(decodeImage(encodeBmp(24, [], { width: 60_000, height: 60_000 }), 'bomb.bmp')).rejects.toThrow(
      /too large/,
    );
    await expect(decodeImage(encodeBmp(24, [], { width: 9_000, height: 9_000 }), 'lie.bmp')).rejects.toThrow(
      /cut short/,
    );
  });

  it('refuses what is large in a file too small for it, in every format, before decoding', async () => {
    const before = process.memoryUsage().rss;
    const png = claiming(await small().png().toBuffer(), 9_000);
    const bombs = { 'b.png': png, 'b.bmp': encodeBmp(8, [0, 1], { compression: 1, width: 1, height: 99_999_999 }) };
    for (const [name, bytes] of Object.entries(bombs)) {
      await expect(decodeImage(bytes, name)).rejects.toThrow(
        new RegExp(`^file ${name}: .*pixels in a file of .* too many`),
      );
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
    const runs = encodeBmp(8, [0, 1], { compression: 1, width: 2048, height: 33, palette: [3, 2, 1, 0] });
    const { data } = await decodeImage(runs, 'flat.bmp');
    expect(data.length).toBe(2048 * 33 * 4);
    expect(new Uint32Array(data.buffer).every((pixel) => pixel === 0xff030201)).toBe(true);
  });

  it.skipIf(!hasSharedData)('decodes the sample photographs', async () => {
    const p = await decodeImage(readFileSync(sharedPath('images/cat_720p.jpg')), 'cat_720p.jpg');
    expect([p.width, p.height, p.data.length]).toEqual([1280, 720, 1280 * 720 * 4]);
  });
});

/** A PNG that says that it is a square of this extent. */
function claiming(file: Uint8Array, extent: number): Uint8Array {
  const png = Buffer.from(file);
  png.writeUInt32BE(extent, 16);
  png.writeUInt32BE(extent, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}

/** A 5-6-5 pixel. */
function word(r: number, g: number, b: number): number[] {
  return [((g & 7) << 5) | b, (r << 3) | (g >> 3)];
}

describe('BMP', () => {
  // Blue, green, red, reserved; in the order of the picture's pixels.
  const palette = [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0, 128, 128, 128, 0, 0, 0, 0, 0];
  const bottomUp24 = [255, 255, 255, 128, 128, 128, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 255, 0, 255, 0, 0, 0, 0, 0];
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['24 bits', encodeBmp(24, bottomUp24)],
    ['24 bits, a gap before the pixels', encodeBmp(24, bottomUp24, { gap: 10 })],
    ['24 bits, top down', encodeBmp(24, [...bottomUp24.slice(12), ...bottomUp24.slice(0, 12)], { height: -2 })],
    ['8 bits', encodeBmp(8, [3, 4, 5, 0, 0, 1, 2, 0], { palette })],
    ['4 bits, odd width', encodeBmp(4, [0x34, 0x50, 0, 0, 0x01, 0x20, 0, 0], { palette })],
    ['8 bits, run lengths', encodeBmp(8, [1, 3, 0, 0, 0, 1], { palette, compression: 1, width: 1, height: 1 })],
    [
      '8 bits, runs and literals',
      encodeBmp(8, [0, 3, 3, 4, 5, 0, 0, 0, 1, 0, 1, 1, 1, 2, 0, 1], { palette, compression: 1 }),
    ],
    [
      '4 bits, runs, a jump and literals',
      encodeBmp(4, [0, 3, 0x34, 0x50, 0, 2, 0, 1, 0, 0, 0, 1], { palette, compression: 2 }),
    ],
    [
      '32 bits with masks',
      encodeBmp(
        32,
        [...bottomUp24.slice(0, 9), ...bottomUp24.slice(12, 21)].flatMap((v, i) => (i % 3 === 2 ? [v, 0] : [v])),
        {
          compression: 3,
          masks: [0xff0000, 0xff00, 0xff],
        },
      ),
    ],
    [
      '16 bits, 5-6-5',
      encodeBmp(
        16,
        [
          ...word(31, 63, 31),
          ...word(16, 32, 16),
          0,
          0,
          0,
          0,
          ...word(31, 0, 0),
          ...word(0, 63, 0),
          ...word(0, 0, 31),
          0,
          0,
        ],
        {
          compression: 3,
          masks: [0xf800, 0x07e0, 0x001f],
        },
      ),
    ],
  ];

  it.each(cases)('%s', async (name, file) => {
    const p = await decodeImage(file, `${name}.bmp`);
    const expected = p.width === 1 ? RGBA.slice(12, 16) : [...RGBA];
    if (name.startsWith('16')) expected.splice(16, 3, 132, 130, 132); // 16/31 and 32/63
    if (name.includes('jump')) {
      // The second row lies past the end: everything the codes skip has the colour of index 0.
      for (let i = 0; i < 3; i++) expected.splice(i * 4, 3, 255, 0, 0);
    }
    expect([...p.data]).toEqual(expected);
  });

  it('reads one bit a pixel', async () => {
    const file = encodeBmp(1, [0b01000000, 0, 0, 0, 0b10100000, 0, 0, 0], { palette: [0, 0, 0, 0, 255, 255, 255, 0] });
    const red = [...(await decodeImage(file, 'x')).data].filter((_, i) => i % 4 === 0);
    expect(red).toEqual([255, 0, 255, 0, 255, 0]);
  });

  it('says so of what it cannot read', async () => {
    await expect(decodeImage(encodeBmp(24, bottomUp24, { compression: 4 }), 'j.bmp')).rejects.toThrow(
      /compression 4 is not supported/,
    );
    await expect(decodeImage(encodeBmp(24, bottomUp24.slice(0, 20)), 's.bmp')).rejects.toThrow(
      /s\.bmp: the picture is cut short/,
    );
    await expect(decodeImage(encodeBmp(8, [9, 1], { palette, compression: 1 }), 'r.bmp')).rejects.toThrow(/cut short/);
    await expect(decodeImage(encodeBmp(24, bottomUp24, { width: 0 }), 'z.bmp')).rejects.toThrow(/0x2/);
  });
});
