/** Regions of pictures as inputs, on the host: against TensorFlow.js's image transform, whole pictures, and by hand. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { tensor } from '../../src/core/tensor.ts';
import type { Preprocessing } from '../../src/vision/picture-spec.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { plainPicture } from '../../src/vision/plain-picture.ts';
import { preprocess } from '../../src/vision/preprocess.ts';
import { regionMap, type PictureRegion } from '../../src/vision/region-spec.ts';
import { expectClose } from '../helpers/close.ts';
import { randomSource } from '../helpers/random.ts';

const random = randomSource(21);

function noise(width: number, height: number): Pixels {
  const data = Uint8ClampedArray.from({ length: width * height * 4 }, () => random() * 256);
  return { width, height, data };
}

const degrees = (angle: number): number => (angle * Math.PI) / 180;
const PICTURE = noise(23, 17);
const WHOLE: PictureRegion = { centerX: 11.5, centerY: 8.5, width: 23, height: 17 };

/** What `tf.image.transform` makes of the affine map; it rounds positions to float32. */
function transformed(pixels: Pixels, spec: Preprocessing, region: PictureRegion): tf.Tensor4D {
  const { a, b, c, d, e, f } = regionMap(region, spec);
  const half = spec.resize.halfPixel === false ? 0 : 0.5;
  return tf.tidy(() => {
    const rgba = tf.tensor4d(Float32Array.from(pixels.data), [1, pixels.height, pixels.width, 4]);
    const across = [a, c, e + half * (a + c) - half];
    const down = [b, d, f + half * (b + d) - half];
    const outside = region.outside === 'repeat' ? 'nearest' : 'constant';
    return tf.image.transform(
      tf.slice(rgba, [0, 0, 0, 0], [-1, -1, -1, 3]),
      tf.tensor2d([[...across, ...down, 0, 0]]),
      'bilinear',
      outside,
      spec.padding?.[0] ?? 0,
      [spec.height, spec.width],
    );
  });
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('a region as an input', () => {
  const cases: Readonly<Record<string, PictureRegion>> = {
    upright: { centerX: 10, centerY: 8, width: 11.3, height: 7.9 },
    'turned by 37°': { centerX: 10, centerY: 8, width: 13, height: 9, angle: degrees(37) },
    'a quarter turn, half outside': { centerX: 22, centerY: 16.5, width: 20, height: 12, angle: degrees(90) },
    'mirrored, beyond the picture': { centerX: 11, centerY: 9, width: 60, height: 50, angle: 2, mirror: true },
    'wholly outside': { centerX: -80, centerY: 400, width: 12, height: 30, angle: 0.3 },
    'a part of a pixel': { centerX: 7.3, centerY: 5.6, width: 0.4, height: 0.2, angle: -1 },
  };
  for (const [name, region] of Object.entries(cases)) {
    it(`is what an affine transform gives: ${name}`, () => {
      for (const over of [{}, { fit: 'contain' }, { resize: { method: 'bilinear', halfPixel: false } }] as const) {
        for (const outside of ['padding', 'repeat'] as const) {
          const spec = plainPicture(9, 13, { padding: [114, 114, 114], ...over });
          const ours = preprocess(PICTURE, spec, { ...region, outside });
          const theirs = transformed(PICTURE, spec, { ...region, outside });
          // Its positions are float32: off by a millionth of a pixel or so, across which colours differ by up to 255.
          expectClose(ours, tensor('float32', theirs.shape, Float32Array.from(theirs.dataSync())), {
            rtol: 0,
            atol: 2e-3,
          });
        }
      }
    });
  }

  it('is the whole picture resized, where it is all of it and borders repeat', () => {
    for (const [width, height] of [
      [31, 40],
      [9, 7],
    ] as const) {
      const spec = plainPicture(width, height, { mean: [10, 20, 30], std: [50, 60, 70], layout: 'nchw' });
      // Positions are multiples of 2^-20.
      expectClose(preprocess(PICTURE, spec, { ...WHOLE, outside: 'repeat' }), preprocess(PICTURE, spec), {
        rtol: 0,
        atol: 1e-5,
      });
    }
  });

  it('is turned clockwise', () => {
    // Upper left, upper right, lower left, lower right.
    const four: Pixels = { width: 2, height: 2, data: Uint8Array.from([1, 2, 3, 4].flatMap((v) => [v, v, v, 255])) };
    const seen = (angle: number, mirror = false): number[] => {
      const region = { centerX: 1, centerY: 1, width: 2, height: 2, angle, mirror };
      return [...preprocess(four, plainPicture(2, 2, { dtype: 'int32' }), region).data].filter((_, i) => i % 3 === 0);
    };
    expect(seen(0)).toEqual([1, 2, 3, 4]);
    expect(seen(Math.PI / 2)).toEqual([2, 4, 1, 3]);
    expect(seen(-Math.PI / 2)).toEqual([3, 1, 4, 2]);
    expect(seen(Math.PI)).toEqual([4, 3, 2, 1]);
    expect(seen(0, true)).toEqual([2, 1, 4, 3]);
  });

  it('shows the padding in RGB order, blended at the edge', () => {
    const white: Pixels = { width: 2, height: 1, data: new Uint8Array(8).fill(255) };
    const spec = plainPicture(3, 1, { padding: [55, 100, 155], channelOrder: 'bgr' });
    const seen = [...preprocess(white, spec, { centerX: 2, centerY: 0.5, width: 3, height: 1 }).data];
    expect(seen).toEqual([255, 255, 255, 205, 177.5, 155, 155, 100, 55]);
  });

  it('refuses what it cannot be', () => {
    const spec = plainPicture(4, 4);
    for (const resize of [
      { method: 'nearest' },
      { method: 'area' },
      { method: 'bilinear', alignCorners: true },
      { method: 'bilinear', antialias: true },
    ] as const) {
      expect(() => preprocess(PICTURE, { ...spec, resize }, WHOLE)).toThrow('sampled bilinearly');
    }
    for (const wrong of [NaN, -1, 0, Infinity]) {
      expect(() => preprocess(PICTURE, spec, { ...WHOLE, width: wrong })).toThrow(InputError);
    }
  });
});
