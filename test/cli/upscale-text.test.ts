/** `tilewise upscale` and `tilewise text` on the CPU, with small networks: what they print, the files they write, and what they refuse. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { PLAIN_RESIZE } from '../../src/ir/shapes/resize.ts';
import { decodeImage } from '../../src/node/image.ts';
import { inProcess } from '../helpers/command.ts';

let dir = '';
const at = (name: string): string => join(dir, name);

/** Each pixel four times. */
function doubling(): Uint8Array {
  const b = new GraphBuilder('doubling');
  const x = b.one('Transpose', [b.input('x', 'float32', [1, 3, 'h', 'w'])], { perm: [0, 2, 3, 1] });
  const scales = b.constant('scales', tensorOf('float32', [4], [1, 2, 2, 1]));
  const y = b.one('Resize', [x, scales], { ...PLAIN_RESIZE, coordinateMode: 'asymmetric', nearestMode: 'floor' });
  b.output(b.one('Transpose', [y], { perm: [0, 3, 1, 2] }));
  return toOnnx(b.build());
}

/** The red of the picture. */
function redMap(): Uint8Array {
  const b = new GraphBuilder('red');
  const x = b.input('x', 'float32', [1, 3, 'h', 'w']);
  b.output(b.one('Slice', [x, b.ints('from', [0]), b.ints('to', [1]), b.ints('axes', [1])], {}));
  return toOnnx(b.build());
}

async function json(...argv: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await inProcess(...argv, '--backend', 'cpu', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { results } = JSON.parse(stdout) as { results: Record<string, unknown>[] };
  return results[0] ?? {};
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tilewise-larger-'));
  writeFileSync(at('doubling.onnx'), doubling());
  writeFileSync(at('red.onnx'), redMap());
  const black = sharp({ create: { width: 96, height: 64, channels: 3, background: '#000' } });
  const white = await sharp({ create: { width: 50, height: 16, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  await black
    .composite([{ input: white, left: 20, top: 30 }])
    .png()
    .toFile(at('sign.png'));
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('upscale', () => {
  it('writes the larger picture to the file, or into the folder, that is named', async () => {
    const model = ['--model', at('doubling.onnx'), '--tile', '40'];
    const expected = { factor: 2, width: 192, height: 128, output: at('large.png') };
    expect(await json('upscale', at('sign.png'), ...model, '--output', at('large.png'))).toMatchObject(expected);
    const [large, small] = await Promise.all(
      ['large.png', 'sign.png'].map((name) => decodeImage(readFileSync(at(name)))),
    );
    expect([large?.width, large?.height]).toEqual([192, 128]);
    const red = Array.from({ length: 192 * 128 }, (_, i) => {
      const [x, y] = [(i % 192) >> 1, Math.floor(i / 192) >> 1];
      return small?.data[4 * (y * 96 + x)];
    });
    expect(large?.data.filter((_, i) => i % 4 === 0)).toEqual(Uint8Array.from(red, Number));
    const folder = at('out');
    expect(await json('upscale', at('sign.png'), ...model, '--output-dir', folder)).toMatchObject({
      output: join(folder, 'sign_x2.png'),
    });
  });

  it.each<[string, RegExp, string[]]>([
    ['no place for the picture', /nobody said where the larger picture goes/, []],
    ['one file for two pictures', /--output names one file/, [at('sign.png'), '--output', 'large.png']],
    ['a folder as the file', /--output names a folder/, ['--output', tmpdir()]],
  ])('refuses %s', async (_, message, more) => {
    const { code, stderr } = await inProcess('upscale', at('sign.png'), '--model', at('doubling.onnx'), ...more);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});

describe('text', () => {
  it('lists places with their corners, and draws them', async () => {
    const flags = ['--model', at('red.onnx'), '--mean', '0', '--std', '255', '--output-dir', at('text')];
    const { texts } = (await json('text', at('sign.png'), ...flags)) as {
      texts: { score: number; box: number[]; corners: number[][] }[];
    };
    expect(texts).toHaveLength(1);
    // Middles of pixels 20 to 69 and 30 to 45, grown by the area by the circumference, half as much again.
    const by = (49 * 15 * 1.5) / (2 * (49 + 15));
    const [left, top, right, bottom] = [20.5 - by, 30.5 - by, 69.5 + by, 45.5 + by];
    const expected = [left, top, right, top, right, bottom, left, bottom];
    texts[0]?.corners.flat().forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 6));
    expect(texts[0]?.score).toBeCloseTo(1, 6);
    const listing = JSON.parse(readFileSync(join(at('text'), 'texts.json'), 'utf8')) as { results: object[] };
    expect(listing.results).toMatchObject([{ texts }]);
    expect(await sharp(join(at('text'), 'sign.jpg')).metadata()).toMatchObject({ width: 96, height: 64 });
  });

  it('says so where a network gives no probabilities', async () => {
    const { code, stderr } = await inProcess('text', at('sign.png'), '--model', at('red.onnx'), '--backend', 'cpu');
    expect(code).toBe(1);
    expect(stderr).toMatch(/sign\.png.*where probabilities of text were expected/);
  });
});
