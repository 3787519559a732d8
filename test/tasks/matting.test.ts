/** Mattes of small networks, whose answers are known: shapes, logits, letterboxes, the mask of a frame before; and what is refused. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { tensor, tensorOf } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { blurBehind } from '../../src/draw/blur-behind.ts';
import { cutOut } from '../../src/draw/cut-out.ts';
import { createMatting } from '../../src/tasks/matting.ts';
import { maskInput, matteOf } from '../../src/vision/mattes.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { pictureMap, type Preprocessing } from '../../src/vision/picture-spec.ts';
import { plainPicture } from '../../src/vision/plain-picture.ts';

const SIGMOID = { activation: { kind: 'sigmoid', alpha: 0, beta: 0 } } as const;

/** A network whose output is what `write` makes of its picture, channels last, `side` pixels. */
function network(write: (b: GraphBuilder, picture: string) => string, side = 4, channels = 3): Graph {
  const b = new GraphBuilder('small');
  b.output(write(b, b.input('picture', 'float32', [1, side, side, channels])));
  return b.build();
}

/** One channel of the picture: red is 0. */
const channel = (b: GraphBuilder, x: string, k = 0, axis = 3): string =>
  b.one('Slice', [x, b.ints('from', [k]), b.ints('to', [k + 1]), b.ints('axis', [axis])], {});

const shaped = (b: GraphBuilder, x: string, shape: readonly number[]): string =>
  b.one('Reshape', [x, b.ints('shape', shape)], { allowZero: false });

const scaled = (b: GraphBuilder, x: string, kind: 'mul' | 'sub', by: number): string =>
  b.one('Binary', [x, b.constant('by', tensorOf('float32', [], [by]))], {
    kind,
    activation: { kind: 'none', alpha: 0, beta: 0 },
  });

/** A picture of greys whose byte at a pixel is given. */
function greys(width: number, height: number, byteOf: (x: number, y: number) => number): Pixels {
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) data.fill(byteOf(i % width, Math.floor(i / width)), 4 * i, 4 * i + 3);
  return { width, height, data };
}

const sigmoid = (b: GraphBuilder, x: string): string => b.one('Activation', [scaled(b, x, 'sub', 0.5)], SIGMOID);
const probability = (v: number): number => 1 / (1 + Math.exp(0.5 - v));

const SQUARE = greys(4, 4, (x, y) => 16 * (4 * y + x));
const cpu = { backend: 'cpu' } as const;

describe('createMatting', () => {
  const values = Array.from({ length: 16 }, (_, i) => (16 * i) / 255);
  it.each([
    ['matte', '[1, h, w, 1]', (b: GraphBuilder, x: string) => sigmoid(b, channel(b, x))],
    ['matte', '[1, 1, h, w]', (b: GraphBuilder, x: string) => shaped(b, sigmoid(b, channel(b, x)), [1, 1, 4, 4])],
    ['matte', '[1, h, w]', (b: GraphBuilder, x: string) => shaped(b, sigmoid(b, channel(b, x)), [1, 4, 4])],
    ['matte', '[1, h·w]', (b: GraphBuilder, x: string) => shaped(b, sigmoid(b, channel(b, x)), [1, 16])],
    ['matte-logits', 'logits', (b: GraphBuilder, x: string) => scaled(b, channel(b, x), 'sub', 0.5)],
    [
      'matte-pair',
      'logits of background and foreground',
      (b: GraphBuilder, x: string) => {
        const foreground = scaled(b, channel(b, x), 'sub', 0.5);
        return b.one('Concat', [scaled(b, foreground, 'mul', 0), foreground], { axis: 3 });
      },
    ],
  ])('reads %s: %s', async (decode, _shape, write) => {
    using matting = await createMatting(network(write), cpu);
    expect(matting.binding?.decode).toBe(decode);
    expect(matting.preprocessing.fit).toBe('stretch');
    const { data } = await matting.matte(SQUARE);
    for (const [i, v] of values.entries()) expect(data[i]).toBeCloseTo(probability(v), 5);
  });

  it('takes the caller at his word', async () => {
    const logits = network((b, x) => channel(b, x));
    using matting = await createMatting(logits, { ...cpu, decode: 'matte' });
    const [first, second] = await matting.matte([SQUARE, greys(4, 4, () => 51)]);
    expect(first?.data[15]).toBeCloseTo(240 / 255, 6);
    expect(second?.data[3]).toBeCloseTo(0.2, 6);
    const sure = network((b, x) => b.one('Activation', [channel(b, x)], SIGMOID));
    await expect(createMatting(sure, { ...cpu, decode: 'matte-logits' })).rejects.toThrow(
      'not what matte-logits reads',
    );
    await expect(createMatting(sure, { ...cpu, decode: 'mate' })).rejects.toThrow('there is no decoder "mate"');
  });

  it('shows a network of four channels the matte of the frame before', async () => {
    const video = network((b, x) => channel(b, x, 3), 4, 4);
    using matting = await createMatting(video, { ...cpu, decode: 'matte' });
    expect(Math.max(...(await matting.matte(SQUARE)).data)).toBe(0);
    const previous = { width: 4, height: 4, data: Float32Array.from(values) };
    expect((await matting.matte(SQUARE, { previous })).data).toEqual(previous.data);
    using plain = await createMatting(
      network((b, x) => channel(b, x)),
      { ...cpu, decode: 'matte' },
    );
    await expect(plain.matte(SQUARE, { previous })).rejects.toThrow('is shown no matte');
  });

  it('shows a network for video the last matte, where the frame is as large', async () => {
    const fading = network((b, x) => scaled(b, scaled(b, channel(b, x, 3), 'mul', -0.5), 'sub', -0.5), 4, 4);
    using matting = await createMatting(fading, { ...cpu, decode: 'matte' });
    const mattes: (number | undefined)[] = [];
    const film = [SQUARE, SQUARE, SQUARE, greys(8, 8, () => 0)];
    for await (const { result } of matting.watch(film, { every: true })) mattes.push(result.data[0]);
    expect(mattes).toEqual([0.5, 0.25, 0.375, 0.5]);
  });

  it('refuses maps of classes and others, numbers that are no probabilities, NaN, and a part of a picture', async () => {
    const three = network((b, x) => scaled(b, x, 'mul', 2));
    await expect(createMatting(three, cpu)).rejects.toThrow('nothing that is decoded here: "binary_y" 1x4x4x3');
    const wide = network((b, x) => shaped(b, channel(b, x), [1, 2, 8, 1]));
    await expect(createMatting(wide, cpu)).rejects.toBeInstanceOf(InputError);
    const large = network((b, x) => scaled(b, channel(b, x), 'mul', 2));
    using matting = await createMatting(large, { ...cpu, decode: 'matte' });
    await expect(matting.matte(SQUARE)).rejects.toThrow(/map holds 1\.\d+, where numbers from 0 to 1/);
    const infinite = network((b, x) => scaled(b, scaled(b, channel(b, x), 'mul', Infinity), 'mul', 0));
    using broken = await createMatting(infinite, cpu);
    await expect(broken.matte(SQUARE)).rejects.toThrow('map holds NaN');
    using cut = await createMatting(large, { ...cpu, preprocessing: { fit: 'cover' } });
    await expect(cut.matte(greys(8, 4, () => 0))).rejects.toThrow('sees the middle of a picture of 8x4');
  });
});

/** From the formula alone: the map's value at the middle of a pixel of the picture. */
function interpolatedAt(map: readonly number[], spec: Preprocessing, size: Pixels, [x, y]: readonly [number, number]) {
  const side = Math.sqrt(map.length);
  const { scaleX, scaleY, offsetX, offsetY } = pictureMap(size, spec);
  const inside = (value: number): number => Math.min(side - 1, Math.max(0, value));
  const u = inside(((offsetX + scaleX * (x + 0.5)) * side) / spec.width - 0.5);
  const v = inside(((offsetY + scaleY * (y + 0.5)) * side) / spec.height - 0.5);
  let sum = 0;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const weight = Math.max(0, 1 - Math.abs(u - column)) * Math.max(0, 1 - Math.abs(v - row));
      sum += weight * (map[row * side + column] ?? NaN);
    }
  }
  return sum;
}

describe('matteOf', () => {
  const map = Array.from({ length: 25 }, (_, i) => ((7 * i) % 25) / 25);

  it.each([
    ['stretch', 13, 7],
    ['contain', 13, 7],
    ['contain', 3, 17],
    ['stretch', 1, 1],
  ] as const)('interpolates in a picture, %s, %i×%i', (fit, width, height) => {
    const spec = plainPicture(10, 10, { fit });
    const size = greys(width, height, () => 0);
    const { data } = matteOf(tensorOf('float32', [5, 5], map), size, spec);
    expect(data).toHaveLength(width * height);
    for (const [i, value] of data.entries()) {
      const [x, y] = [i % width, Math.floor(i / width)];
      expect(value).toBeCloseTo(interpolatedAt(map, spec, size, [x, y]), 5);
    }
  });

  it('goes back to the input, with nothing in the border', () => {
    const spec = plainPicture(8, 8, { fit: 'contain', layout: 'nchw' });
    const { shape, data } = maskInput({ width: 8, height: 4, data: new Float32Array(32).fill(0.5) }, spec);
    expect(shape).toEqual([1, 1, 8, 8]);
    expect([...data.subarray(0, 16), ...data.subarray(48)]).toEqual(Array.from({ length: 32 }, () => 0));
    expect([...data.subarray(16, 48)]).toEqual(Array.from({ length: 32 }, () => 0.5));
  });

  it('takes a frame of 720p in a few milliseconds', () => {
    const whole = tensor('float32', [256, 256], new Float32Array(65_536).fill(0.25));
    const frame = { width: 1280, height: 720 };
    const times = Array.from({ length: 9 }, () => {
      const start = performance.now();
      matteOf(whole, frame, plainPicture(256, 256));
      return performance.now() - start;
    });
    console.info(`720p: ${Math.min(...times).toFixed(2)} ms`);
    expect(Math.min(...times)).toBeLessThan(50);
  });
});

describe('blurBehind', () => {
  it('blurs a background without the foreground before it', () => {
    const matte = { width: 40, height: 1, data: Float32Array.from({ length: 40 }, (_, x) => Number(x < 20)) };
    const picture = greys(40, 1, (x) => (x < 20 ? 250 : 10));
    const { data } = cutOut(picture, matte, { background: blurBehind(picture, matte, 3) });
    for (let x = 0; x < 40; x++) expect(Math.abs((data[4 * x] ?? NaN) - (x < 20 ? 250 : 10))).toBeLessThanOrEqual(1);
  });

  it('has the variance that was asked for where all is background', () => {
    const none = { width: 61, height: 1, data: new Float32Array(61) };
    const { data } = blurBehind(
      greys(61, 1, (x) => (x === 30 ? 255 : 0)),
      none,
      4,
    );
    const values = Array.from({ length: 61 }, (_, x) => data[4 * x] ?? NaN);
    const total = values.reduce((sum, value) => sum + value, 0);
    const variance = values.reduce((sum, value, x) => sum + value * (x - 30) ** 2, 0) / total;
    // Radii are whole pixels.
    expect(Math.abs(variance - 16)).toBeLessThan(2);
    expect(values).toEqual(values.toReversed());
  });

  it('refuses a matte of another picture, and what is no blur', () => {
    const picture = greys(3, 1, () => 0);
    const matte = { width: 3, height: 1, data: new Float32Array(3) };
    expect(() =>
      blurBehind(
        greys(2, 1, () => 0),
        matte,
        1,
      ),
    ).toThrow('the matte is of 3x1 pixels, the picture of 2x1');
    expect(() => blurBehind(picture, { ...matte, width: 2 }, 1)).toThrow('a matte of 2x1 has 2 numbers, not 3');
    for (const deviation of [0, NaN, 4]) expect(() => blurBehind(picture, matte, deviation)).toThrow('a blur of');
  });
});
