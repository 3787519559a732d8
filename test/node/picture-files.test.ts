/** What may be given as a picture in Node: paths, addresses, Blobs and bytes, to `decodeImage`, tasks and sessions. */
import { plainPicture } from '../../src/vision/plain-picture.ts';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError, LoadError } from '../../src/core/errors.ts';
import { createClassifier, decodeImage, openSession, Session, type PictureFile } from '../../src/node/index.ts';
import { Session as SessionInPage } from '../../src/session/session.ts';
import { serveFiles, type FileServer } from '../helpers/file-server.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';

/** 3×2 RGBA: red, green, blue / white, grey, black. */
const RGBA = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255, 128, 128, 128, 255, 0, 0, 0, 255];
const small = (): Sharp => sharp(Uint8Array.from(RGBA), { raw: { width: 3, height: 2, channels: 4 } });
const SPEC = plainPicture(3, 2);

/** What its input is. */
const same = encodeModel({
  opset: 13,
  inputs: [{ name: 'x', dtype: 'float32', shape: [1, 2, 3, 3] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: [1, 2, 3, 3] }],
  nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
});

let folder = '';
let server: FileServer;
let png: Uint8Array;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tilewise-pictures-'));
  png = new Uint8Array(await small().png().toBuffer());
  writeFileSync(at('a #1.png'), png);
  writeFileSync(at('empty.png'), '');
  writeFileSync(at('same.onnx'), same);
  mkdirSync(at('folder.png'));
  server = await serveFiles({
    'a.png': png,
    'page.png': new TextEncoder().encode('<!DOCTYPE html><title>Sign in</title>'),
    'cut.png': png.subarray(0, png.length - 20),
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Everything that may hold the picture. */
function files(): Record<string, PictureFile> {
  return {
    path: at('a #1.png'),
    'file: URL': pathToFileURL(at('a #1.png')),
    'text of a file: URL': pathToFileURL(at('a #1.png')).href,
    'https address': `${server.url}/a.png`,
    URL: new URL(`${server.url}/a.png`),
    'data: URL': `data:image/png;base64,${Buffer.from(png).toString('base64')}`,
    Blob: new Blob([new Uint8Array(png)]),
    File: new File([new Uint8Array(png)], 'a.png'),
    ArrayBuffer: new Uint8Array(png).buffer,
    Buffer: Buffer.from(png),
    'part of a buffer': Buffer.concat([Buffer.alloc(5), png, Buffer.alloc(3)]).subarray(5, 5 + png.length),
    'bytes of another context': runInNewContext('Uint8Array.from(bytes)', { bytes: [...png] }) as Uint8Array,
    'buffer of another context': runInNewContext('Uint8Array.from(bytes).buffer', { bytes: [...png] }) as ArrayBuffer,
  };
}

describe('decodeImage takes', () => {
  it('every kind of file', async () => {
    for (const [kind, file] of Object.entries(files())) {
      const { width, height, data } = await decodeImage(file);
      expect([kind, width, height, ...data]).toEqual([kind, 3, 2, ...RGBA]);
    }
  });

  it('every format', async () => {
    const formats = {
      webp: small().webp({ lossless: true }),
      gif: small().gif(),
      tiff: small().tiff({ compression: 'lzw' }),
      avif: small().avif({ lossless: true, chromaSubsampling: '4:4:4' }),
    };
    for (const [format, image] of Object.entries(formats)) {
      const { width, height, data } = await decodeImage(await image.toBuffer());
      expect([format, width, height]).toEqual([format, 3, 2]);
      // AVIF's colours pass through YCbCr.
      RGBA.forEach((v, i) =>
        expect(Math.abs((data[i] ?? NaN) - v), format).toBeLessThanOrEqual(format === 'avif' ? 2 : 0),
      );
    }
  });

  it('a sequence of AVIF pictures', async () => {
    const file = await small().avif({ lossless: true, chromaSubsampling: '4:4:4' }).toBuffer();
    const still = await decodeImage(file);
    expect(file.toString('latin1', 4, 12)).toBe('ftypavif');
    file.write('avis', 8);
    expect(await decodeImage(file)).toEqual(still);
    expect(file.toString('latin1', 4, 12)).toBe('ftypavis');
  });

  it('the first frame of an animation', async () => {
    const frames = sharp(Uint8Array.of(9, 8, 7, 200, 0, 0), {
      raw: { width: 1, height: 2, channels: 3, pageHeight: 1 },
    });
    for (const file of [
      await frames.clone().gif().toBuffer(),
      await frames.clone().webp({ lossless: true }).toBuffer(),
    ]) {
      expect((await sharp(file).metadata()).pages).toBe(2);
      expect([...(await decodeImage(file)).data]).toEqual([9, 8, 7, 255]);
    }
  });
});

describe('what is wrong with a file is said, by name', () => {
  it.each([
    ['there is no such file', 'a #2.png', /a #2\.png: there is no such file\. Beside it lies a #1\.png/],
    ['a folder', 'folder.png', /folder\.png: this is a folder/],
    ['an empty file', 'empty.png', /empty\.png: the file is empty/],
    ['a model', 'same.onnx', /same\.onnx: not a picture but an ONNX model/],
  ])('%s', async (_, name, message) => {
    await expect(decodeImage(at(name))).rejects.toThrow(message);
  });

  it('text that is no path here', async () => {
    for (const address of ['file://elsewhere/a.png', new URL('file:///a%2fb.png')]) {
      const refused = decodeImage(address);
      await expect(refused).rejects.toBeInstanceOf(InputError);
      await expect(refused).rejects.toThrow('is not the address of a file here');
    }
    const text = await decodeImage('iVBORw0KGgo'.repeat(5000)).catch((error: unknown) => error);
    expect(text).toBeInstanceOf(LoadError);
    expect(String(text).length).toBeLessThan(400);
  });

  it('an address that does not answer with a picture', async () => {
    const [missing, page, cut] = await Promise.all(
      ['none.png', 'page.png', 'cut.png'].map((path) =>
        decodeImage(`${server.url}/${path}`).catch((error: unknown) => error),
      ),
    );
    expect(missing).toBeInstanceOf(LoadError);
    expect(String(missing)).toMatch(/none\.png: the server answered 404 Not Found/);
    expect(page).toBeInstanceOf(InputError);
    expect(String(page)).toMatch(/page\.png: not a picture but a web page/);
    expect(cut).toBeInstanceOf(InputError);
    expect(String(cut)).toMatch(/cut\.png: the PNG picture cannot be decoded/);
    await expect(decodeImage('http://127.0.0.1:1/a.png')).rejects.toThrow(
      /127\.0\.0\.1:1\/a\.png: the picture cannot be fetched/,
    );
    await expect(decodeImage(new Blob([]))).rejects.toThrow('the file is empty');
    await expect(decodeImage(new File(['x'], 'x.png'))).rejects.toThrow(/file x\.png: not a picture/);
    await expect(decodeImage(new File(['BMW makes no bitmaps'], 'x.bmp'))).rejects.toThrow(/x\.bmp: not a picture/);
  });

  it('a device, a pipe nobody writes into, and a file larger than any picture', async () => {
    await expect(decodeImage('/dev/zero')).rejects.toThrow('this is a device or pipe');
    execFileSync('mkfifo', [at('pipe.png')]);
    await expect(decodeImage(at('pipe.png'))).rejects.toThrow('this is a device or pipe');
    writeFileSync(at('large.png'), '');
    truncateSync(at('large.png'), 2 ** 30);
    await expect(decodeImage(at('large.png'))).rejects.toThrow(/large\.png: .*too large for a picture/);
  });

  it('what is given up rejects with the reason', async () => {
    const controller = new AbortController();
    server.manners.stalls = true;
    try {
      const decoding = decodeImage(`${server.url}/a.png`, { signal: controller.signal });
      setTimeout(() => controller.abort(new Error('enough')), 50);
      await expect(decoding).rejects.toThrow('enough');
    } finally {
      server.manners.stalls = false;
    }
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(decodeImage(at('a #1.png'), { signal })).rejects.toThrow('too late');
  });
});

describe('tasks and sessions in Node take', () => {
  it('every kind of file', async () => {
    using session = await openSession(at('same.onnx'), { backend: 'cpu' });
    const runs = Object.entries(files()).map(async ([kind, picture]) => {
      const { y } = await session.run({ x: { picture, preprocessing: SPEC } });
      return [kind, ...(y?.data ?? [])];
    });
    const rgb = RGBA.filter((_, i) => i % 4 < 3);
    for (const [kind, ...data] of await Promise.all(runs)) expect([kind, ...data]).toEqual([kind, ...rgb]);
  });

  it('nothing else, and say what instead', async () => {
    using classifier = await createClassifier(scores(), { backend: 'cpu' });
    expect((await classifier.classify(at('a #1.png'))).length).toBe(3);
    for (const picture of [undefined, null, 3, [at('a #1.png')], {}, new Response()]) {
      const refused = classifier.classify(picture as never).catch((error: unknown) => error);
      expect(await refused).toBeInstanceOf(InputError);
      expect(String(await refused)).toMatch(/is no picture\. Pass a URL .*path.*Blob or File.*Uint8Array.*ImageBitmap/);
    }
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(classifier.classify(`${server.url}/a.png`, { signal })).rejects.toThrow('too late');
  });

  it('a decoder of the caller’s', async () => {
    const decoded = { width: 3, height: 2, data: Uint8Array.from(RGBA) };
    using session = await Session.create(same, { backend: 'cpu', decodePicture: () => Promise.resolve(decoded) });
    const { y } = await session.run({ x: { picture: 'x.dicom', preprocessing: SPEC } });
    expect(y?.data[0]).toBe(255);
    // That of pages has none here.
    using bare = await SessionInPage.create(same, { backend: 'cpu' });
    await expect(bare.run({ x: { picture: png, preprocessing: SPEC } })).rejects.toThrow(/no decoder.*tilewise\/node/);
  });
});

/** A classifier: scores are the means of the channels. */
function scores(): Uint8Array {
  return encodeModel({
    opset: 13,
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 3, 2, 3] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [1, 3] }],
    nodes: [
      { op: 'ReduceMean', inputs: ['x'], outputs: ['y'], attributes: { axes: { ints: [2, 3] }, keepdims: { i: 0 } } },
    ],
  });
}
