/** Preprocessing against hand numbers, TensorFlow.js and bytes that Pillow 12 produced. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { pictureMap, type Pixels, type Preprocessing, type Resampling } from '../../src/vision/picture-spec.ts';
import { plainPicture } from '../../src/vision/plain-picture.ts';
import { preprocess } from '../../src/vision/preprocess.ts';
import { axisWeights } from '../../src/vision/axis-weights.ts';
import { exactWeights } from '../../src/vision/exact-weights.ts';
import { checkExtent } from '../../src/vision/pixels.ts';
import { randomSource } from '../helpers/random.ts';

function picture(width: number, height: number, rgb: (x: number, y: number) => readonly number[]): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([...rgb(x, y), 255], (y * width + x) * 4);
  }
  return { width, height, data };
}

const spec = (width: number, height: number, over: Partial<Preprocessing> = {}): Preprocessing =>
  plainPicture(width, height, { resize: { method: 'bilinear', alignCorners: false }, ...over });

const random = randomSource(5);
const noise = (width: number, height: number): Pixels =>
  picture(width, height, () => [0, 0, 0].map(() => Math.floor(random() * 256)));
/** Red is 10·x + 100·y, so that positions can be read off the values. */
const grid = (width: number, height: number): Pixels => picture(width, height, (x, y) => [10 * x + 100 * y, x, y]);
const red = (p: Pixels, s: Preprocessing): number[] => [...preprocess(p, s).data].filter((_, i) => i % 3 === 0);

describe('layout and normalisation', () => {
  const one = picture(2, 1, (x) => (x === 0 ? [10, 20, 30] : [40, 50, 60]));

  it('writes the luma of colours as one channel, of whole bytes a whole byte, as Pillow', () => {
    const grey = spec(2, 1, { channelOrder: 'grey', mean: [1, 9, 9], std: [2, 9, 9] });
    expect(preprocess(one, grey)).toMatchObject({ shape: [1, 1, 2, 1] });
    expect(preprocess(one, { ...grey, layout: 'nchw' })).toMatchObject({ shape: [1, 1, 1, 2] });
    const [first = 0, second = 0] = preprocess(one, grey).data;
    // (0.299·10 + 0.587·20 + 0.114·30 − 1) / 2
    expect(first).toBeCloseTo(8.575, 5);
    expect(second).toBeCloseTo(23.575, 5);
    const bytes = spec(2, 1, { channelOrder: 'grey', dtype: 'uint8' });
    expect([...preprocess(one, bytes).data]).toEqual([18, 48]);
  });

  it('writes channels last in RGB', () => {
    const t = preprocess(one, spec(2, 1));
    expect(t.shape).toEqual([1, 1, 2, 3]);
    expect([...t.data]).toEqual([10, 20, 30, 40, 50, 60]);
  });

  it('writes channels first, normalised per channel of its own order', () => {
    const t = preprocess(one, spec(2, 1, { layout: 'nchw', channelOrder: 'bgr', mean: [30, 20, 10], std: [2, 5, 10] }));
    expect(t.shape).toEqual([1, 3, 1, 2]);
    expect([...t.data]).toEqual([0, 15, 0, 6, 0, 3]);
  });

  it('rounds and clamps integers', () => {
    const half = { mean: [0, 0, 35], std: [4, 1, 1] } as const;
    expect([...preprocess(one, spec(2, 1, { ...half, dtype: 'int32' })).data]).toEqual([3, 20, -5, 10, 50, 25]);
    const bytes = preprocess(one, spec(2, 1, { ...half, dtype: 'uint8' }));
    expect(bytes.data).toEqual(Uint8Array.of(3, 20, 0, 10, 50, 25));
    const signed = preprocess(one, spec(2, 1, { mean: [9.5, 20, 250], std: [1, 0.1, 1], dtype: 'int8' }));
    // A half goes up, 300 and -190 to the ends of the type.
    expect(signed.data).toEqual(Int8Array.of(1, 0, -128, 31, 127, -128));
    const wide = preprocess(one, spec(2, 1, { mean: [0, 30, 0], std: [1e-9, 1e-9, 1], dtype: 'int32' }));
    expect([...wide.data]).toEqual([2 ** 31 - 1, -(2 ** 31), 30, 2 ** 31 - 1, 2 ** 31 - 1, 60]);
  });

  it('scales to bytes before it makes integers', () => {
    const two = picture(2, 1, (x) => (x === 0 ? [10, 20, 30] : [11, 20, 33]));
    const scaled = (over: Partial<Preprocessing>): number[] => [...preprocess(two, spec(1, 1, over)).data];
    expect(scaled({ std: [0.1, 1, 0.1] })).toEqual([105, 20, 315].map((v) => expect.closeTo(v, 3)));
    // 10.5 is the byte 11, 31.5 the byte 32.
    expect(scaled({ std: [0.1, 1, 0.1], dtype: 'int32' })).toEqual([110, 20, 320]);
  });
});

describe('conventions of bilinear and nearest', () => {
  const line = grid(4, 1);
  const cases: readonly (readonly [string, Resampling, number, number[]])[] = [
    ['half pixels, down', { method: 'bilinear' }, 2, [5, 25]],
    ['half pixels, up', { method: 'bilinear' }, 8, [0, 2.5, 7.5, 12.5, 17.5, 22.5, 27.5, 30]],
    ['aligned corners', { method: 'bilinear', alignCorners: true }, 7, [0, 5, 10, 15, 20, 25, 30]],
    ['asymmetric', { method: 'bilinear', halfPixel: false }, 8, [0, 5, 10, 15, 20, 25, 30, 30]],
    ['nearest, half pixels', { method: 'nearest' }, 2, [10, 30]],
    ['nearest, asymmetric', { method: 'nearest', halfPixel: false }, 2, [0, 20]],
    ['nearest, aligned corners', { method: 'nearest', alignCorners: true }, 3, [0, 20, 30]],
    ['area, whole ratio', { method: 'area' }, 2, [5, 25]],
    ['area, broken ratio', { method: 'area' }, 3, [2.5, 15, 27.5]],
    ['to one pixel', { method: 'bilinear', alignCorners: true }, 1, [0]],
  ];
  it.each(cases)('%s', (_, resize, width, expected) => {
    const got = red(line, spec(width, 1, { resize }));
    expect(got).toHaveLength(expected.length);
    got.forEach((v, i) => expect(v).toBeCloseTo(expected[i] ?? NaN, 5));
  });

  it('keeps a picture of the right size as it is, whatever the method', () => {
    const p = noise(9, 7);
    const plain = [...p.data].filter((_, i) => i % 4 !== 3);
    for (const resize of [
      { method: 'nearest' },
      { method: 'area' },
      { method: 'bilinear', antialias: true },
    ] as const) {
      expect([...preprocess(p, spec(9, 7, { resize })).data]).toEqual(plain);
    }
  });

  it('has weights that sum to 1 for every method and ratio', () => {
    const methods: Resampling[] = [{ method: 'area' }, { method: 'bilinear', antialias: true }, { method: 'bilinear' }];
    for (const how of methods) {
      for (const [source, scaled] of [
        [7, 3],
        [3, 7],
        [1, 5],
        [640, 1],
        [1000, 999],
      ] as const) {
        const { weights, taps } = axisWeights({ source, scaled, offset: 0, size: scaled }, how);
        const exact = exactWeights({ source, scaled, offset: 0, size: scaled }, how).weights;
        const sumOf = (table: Float64Array, i: number): number =>
          table.subarray(i * taps, (i + 1) * taps).reduce((a, b) => a + b, 0);
        for (let i = 0; i < scaled; i++) {
          expect(Math.abs(sumOf(weights, i) - 1)).toBeLessThan(1e-5);
          if (how.antialias !== true) expect(sumOf(exact, i)).toBe(1);
        }
        const off = exact.map((weight, i) => Math.abs(weight - (weights[i] ?? NaN)));
        expect(Math.max(...off)).toBeLessThanOrEqual(2 ** -11);
      }
    }
  });
});

describe('TensorFlow.js', () => {
  beforeAll(() => tf.setBackend('cpu'));
  const sizes = [
    [13, 9, 5, 7],
    [5, 7, 13, 9],
    [224, 100, 31, 33],
    [1, 1, 4, 4],
    [8, 8, 1, 1],
  ] as const;

  it.each([
    [true, false],
    [false, false],
    [false, true],
  ])('resizeBilinear, alignCorners %s, halfPixelCenters %s', (alignCorners, halfPixel) => {
    for (const [w, h, width, height] of sizes) {
      const p = noise(w, h);
      const resize: Resampling = { method: 'bilinear', alignCorners, halfPixel };
      const ours = preprocess(p, spec(width, height, { resize, std: [255, 255, 255] })).data;
      const rgb = [...p.data].filter((_, i) => i % 4 !== 3);
      // As nsfwjs does: divide by 255 first, then resize.
      const image = tf.div(tf.tensor3d(rgb, [h, w, 3]), 255) as tf.Tensor3D;
      const theirs = tf.image.resizeBilinear(image, [height, width], alignCorners, halfPixel).dataSync();
      // Float32 arithmetic on values up to 1: a few roundings of 6e-8 each.
      theirs.forEach((v, i) => expect(Math.abs((ours[i] ?? NaN) - v)).toBeLessThan(5e-7));
    }
  });

  it.each([
    [true, false],
    [false, false],
    [false, true],
  ])('resizeNearestNeighbor, alignCorners %s, halfPixelCenters %s', (alignCorners, halfPixel) => {
    for (const [w, h, width, height] of sizes) {
      const p = noise(w, h);
      const ours = preprocess(p, spec(width, height, { resize: { method: 'nearest', alignCorners, halfPixel } })).data;
      const rgb = tf.tensor3d(
        [...p.data].filter((_, i) => i % 4 !== 3),
        [h, w, 3],
      );
      expect([...ours]).toEqual([
        ...tf.image.resizeNearestNeighbor(rgb, [height, width], alignCorners, halfPixel).dataSync(),
      ]);
    }
  });
});

describe('Pillow', () => {
  const p = picture(7, 5, (x, y) => [(x * 37 + y * 11) % 256, (x * x * 5 + y * 29) % 256, (x * 90 + y * 70) % 256]);
  const resize: Resampling = { method: 'bilinear', antialias: true };

  it('scales down to the very bytes of Image.resize(BILINEAR)', () => {
    expect([...preprocess(p, spec(3, 2, { resize, dtype: 'uint8' })).data]).toEqual([
      43, 35, 127, 122, 79, 129, 201, 160, 108, 65, 93, 126, 144, 137, 138, 194, 156, 147,
    ]);
  });

  it('scales one axis down and the other up to the very bytes', () => {
    expect([...preprocess(p, spec(4, 7, { resize, dtype: 'uint8' })).data]).toEqual([
      19, 3, 47, 77, 24, 116, 145, 79, 97, 203, 152, 103, 25, 20, 87, 83, 41, 156, 151, 96, 108, 209, 169, 80, 33, 40,
      134, 91, 61, 168, 159, 116, 136, 217, 189, 83, 41, 61, 175, 99, 82, 122, 167, 137, 186, 225, 210, 133, 49, 82,
      146, 107, 103, 136, 175, 158, 140, 233, 135, 174, 57, 102, 108, 115, 123, 141, 183, 178, 122, 183, 117, 164, 63,
      119, 71, 121, 140, 140, 189, 195, 121, 113, 134, 127,
    ]);
  });
});

describe('fit', () => {
  const nearest: Resampling = { method: 'nearest' };

  it('cover takes the centre', () => {
    expect(red(grid(6, 2), spec(2, 2, { fit: 'cover', resize: nearest }))).toEqual([20, 30, 120, 130]);
    expect(red(grid(1, 5), spec(1, 1, { fit: 'cover', resize: nearest }))).toEqual([200]);
  });

  it('cover with a shorter side is Resize and CenterCrop', () => {
    const s = spec(2, 2, { fit: 'cover', shorterSide: 4, resize: nearest });
    expect(red(grid(8, 4), s)).toEqual([130, 140, 230, 240].map((v) => Math.min(255, v)));
    expect(pictureMap({ width: 8, height: 4 }, s)).toEqual({ scaleX: 1, scaleY: 1, offsetX: -3, offsetY: -1 });
  });

  it('halves of a pixel in the crop go to the even side, as Python rounds', () => {
    const s = spec(4, 4, { fit: 'cover' });
    expect([5, 7, 9, 11].map((width) => pictureMap({ width, height: 4 }, s).offsetX)).toEqual([0, -2, -2, -4]);
  });

  it('contain pads with the given colour, normalised', () => {
    const s = spec(2, 4, { fit: 'contain', padding: [9, 8, 7], resize: nearest, mean: [1, 1, 1], channelOrder: 'bgr' });
    const t = preprocess(grid(2, 2), s);
    expect([...t.data]).toEqual([6, 7, 8, 6, 7, 8, -1, -1, -1, -1, 0, 9, 0, -1, 99, 0, 0, 109, 6, 7, 8, 6, 7, 8]);
    expect(pictureMap({ width: 2, height: 2 }, s)).toEqual({ scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 1 });
  });

  it('never loses a very thin picture', () => {
    expect(preprocess(grid(500, 1), spec(8, 8, { fit: 'contain' })).shape).toEqual([1, 8, 8, 3]);
    expect(preprocess(grid(1, 500), spec(8, 8, { fit: 'cover' })).shape).toEqual([1, 8, 8, 3]);
  });
});

describe('bad input', () => {
  it('is named', () => {
    const p = grid(2, 2);
    const bad =
      (over: Partial<Preprocessing>): (() => unknown) =>
      () =>
        preprocess(p, spec(2, 2, over));
    expect(() => preprocess({ ...p, width: 3 }, spec(2, 2))).toThrow(/3x2 picture has 24 bytes of RGBA, not 16/);
    for (const data of [undefined, new Float32Array(16), new Uint32Array(4), [...p.data], p.data.buffer]) {
      const wrong = { ...p, data } as unknown as Pixels;
      expect(() => preprocess(wrong, spec(2, 2))).toThrow(/2x2 picture has 16 bytes of RGBA, not/);
    }
    expect(() => preprocess({ ...p, width: 0 }, spec(2, 2))).toThrow(InputError);
    for (const data of [new Float32Array(16), new Int32Array(4), Array(16).fill(1), new ArrayBuffer(16), undefined]) {
      expect(() => preprocess({ ...p, data: data as never }, spec(2, 2))).toThrow(/2x2 picture has 16 bytes of RGBA/);
    }
    expect(bad({ width: 0 })).toThrow(/the width 0/);
    expect(bad({ std: [1, 0, 1] })).toThrow(/std \[1, 0, 1\] must not be 0/);
    expect(bad({ mean: [NaN, 0, 0] })).toThrow(InputError);
    expect(bad({ fit: 'cover', shorterSide: 1 })).toThrow(/shorter side of 1/);
    for (const shorterSide of [Infinity, 4.5, NaN])
      expect(bad({ fit: 'cover', shorterSide })).toThrow(/the shorterSide/);
    expect(() => checkExtent(20_000, 20_000, 'big.png')).toThrow(/big\.png.*too large/);
  });

  it('says what a specification lacks', () => {
    const wrong: Record<string, unknown>[] = [
      { layout: 'NHWC' },
      { fit: undefined },
      { resize: undefined },
      { dtype: 'float' },
      { mean: undefined },
      { std: [1] },
    ];
    for (const over of wrong) {
      const [name = ''] = Object.keys(over);
      expect(() => preprocess(noise(2, 2), { ...spec(2, 2), ...over })).toThrow(InputError);
      expect(() => preprocess(noise(2, 2), { ...spec(2, 2), ...over })).toThrow(name);
    }
    expect(() => preprocess(noise(2, 2), undefined as never)).toThrow(/without its preprocessing/);
  });
});
