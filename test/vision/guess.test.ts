/** What is usual for an input, by its type, shape, quantisation and what the model says. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { guessPreprocessing, type PictureInput } from '../../src/vision/guess.ts';
import { checkPreprocessing, inputShape, type Preprocessing } from '../../src/vision/picture-spec.ts';
import { preprocess } from '../../src/vision/preprocess.ts';

const input = (over: Partial<PictureInput>): PictureInput => ({
  name: 'x',
  dtype: 'float32',
  shape: [1, 1, 256, 3],
  ...over,
});

/** Grey pixels from 0 to 255. */
const RAMP = { width: 256, height: 1, data: Uint8Array.from({ length: 1024 }, (_, i) => i >> 2) };

/** What each grey becomes in the first channel. */
function map(spec: Preprocessing): number[] {
  checkPreprocessing(spec);
  return [...preprocess(RAMP, spec).data].filter((_, i) => i % 3 === 0);
}

const PIXELS = Array.from({ length: 256 }, (_, i) => i);
const SIGNED = PIXELS.map((pixel) => pixel - 128);

describe('floats', () => {
  it('are of ImageNet channels first, from 0 to 1 channels last, else as the model says', () => {
    expect(guessPreprocessing(input({ shape: ['n', 3, 'h', 8] }))).toMatchObject({
      layout: 'nchw',
      height: 224,
      width: 8,
      mean: [123.675, 116.28, 103.53],
      std: [58.395, 57.12, 57.375],
    });
    expect(guessPreprocessing(input({}))).toMatchObject({ layout: 'nhwc', mean: [0, 0, 0], std: [255, 255, 255] });
    expect(guessPreprocessing(input({ shape: [1, 3, 4, 4] }), { channelOrder: 'bgr' })).toMatchObject({
      mean: [103.53, 116.28, 123.675],
      std: [57.375, 57.12, 58.395],
    });
    const normalisation = { mean: [127.5], std: [1, 2, 4] };
    expect(guessPreprocessing(input({ normalisation }))).toMatchObject({ mean: [127.5, 127.5, 127.5], std: [1, 2, 4] });
    expect(guessPreprocessing(input({ normalisation }), { mean: [1, 2, 3], fit: 'stretch' })).toMatchObject({
      mean: [1, 2, 3],
      std: [1, 2, 4],
      fit: 'stretch',
      dtype: 'float32',
    });
  });
});

describe('one channel', () => {
  it('is grey, from 0 to 1 whichever axis comes first', () => {
    for (const [shape, layout] of [
      [[1, 1, 28, 32], 'nchw'],
      [[1, 28, 32, 1], 'nhwc'],
    ] as const) {
      const spec = guessPreprocessing(input({ shape }), { channelOrder: 'bgr' });
      expect(spec).toMatchObject({ layout, channelOrder: 'grey', width: 32, height: 28, mean: [0, 0, 0] });
      expect(spec.std).toEqual([255, 255, 255]);
      expect(inputShape(spec)).toEqual(shape);
    }
  });

  it('is not looked for where there are three', () => {
    expect(guessPreprocessing(input({ shape: [1, 1, 256, 3] }))).toMatchObject({ layout: 'nhwc', channelOrder: 'rgb' });
  });
});

describe('integers', () => {
  it('are the pixels where nothing is known of them', () => {
    expect(map(guessPreprocessing(input({ dtype: 'uint8' })))).toEqual(PIXELS);
    expect(map(guessPreprocessing(input({ dtype: 'int32' })))).toEqual(PIXELS);
    expect(guessPreprocessing(input({ dtype: 'int64' }))).toMatchObject({ dtype: 'int32', mean: [0, 0, 0] });
    expect(map(guessPreprocessing(input({ dtype: 'int8' })))).toEqual(SIGNED);
    const normalisation = { mean: [127.5], std: [127.5] };
    expect(map(guessPreprocessing(input({ dtype: 'uint8', normalisation })))).toEqual(PIXELS);
  });

  it.each([
    ['0 to 255', { scale: 1, zeroPoint: -128 }],
    ['0 to 1', { scale: Math.fround(1 / 255), zeroPoint: -128 }],
    ['-1 to 1', { scale: Math.fround(1 / 127.5), zeroPoint: -1 }],
    ['-1 to 1, symmetric', { scale: 0.0078125, zeroPoint: 0 }],
  ])('are the pixels where they stand for %s', (_, quantisation) => {
    expect(map(guessPreprocessing(input({ dtype: 'int8', quantisation })))).toEqual(SIGNED);
    const unsigned = { ...quantisation, zeroPoint: quantisation.zeroPoint + 128 };
    expect(map(guessPreprocessing(input({ dtype: 'uint8', quantisation: unsigned })))).toEqual(PIXELS);
  });

  it('are the pixels where a normalisation and a scale come to them within a step', () => {
    const normalisation = { mean: [127.5], std: [127.5] };
    const quantisation = { scale: 0.0078125, zeroPoint: 128 };
    expect(map(guessPreprocessing(input({ dtype: 'uint8', normalisation, quantisation })))).toEqual(PIXELS);
    const said = guessPreprocessing(input({ dtype: 'uint8', quantisation }), {
      mean: [127, 127, 127],
      std: [128, 128, 128],
    });
    expect(map(said)).toEqual(PIXELS);
  });

  it.each([
    ['asymmetric', { scale: 0.018658448, zeroPoint: -14 }],
    ['symmetric', { scale: 0.0208, zeroPoint: 0 }],
  ])('stand for ImageNet statistics where their range is that of these, %s', (_, quantisation) => {
    const spec = guessPreprocessing(input({ dtype: 'int8', quantisation }));
    const { scale, zeroPoint } = quantisation;
    const stored = (pixel: number): number => Math.round((pixel - 123.675) / 58.395 / scale + zeroPoint);
    expect(map(spec)).toEqual(PIXELS.map((pixel) => Math.min(127, Math.max(-128, stored(pixel)))));
  });

  it('stand for the real numbers that a caller or the model says', () => {
    const quantisation = { scale: 0.05, zeroPoint: 10 };
    const [mean, std] = [[100, 100, 100] as const, [50, 50, 50] as const];
    const expected = PIXELS.map((pixel) => (pixel - 100) / 50 / 0.05 + 10).map(
      (q) => Math.min(127, Math.max(-128, Math.round(q))) + 0,
    );
    const port = input({ dtype: 'int8', quantisation });
    expect(map(guessPreprocessing(port, { mean, std }))).toEqual(expected);
    expect(map(guessPreprocessing(port, { mean, std, dtype: 'float32' }))).toEqual(expected);
    expect(map(guessPreprocessing({ ...port, normalisation: { mean: [100], std: [50] } }))).toEqual(expected);
    // Who says a type of integers speaks of these.
    const own = guessPreprocessing(port, { mean, std: [2, 2, 2], dtype: 'int8' });
    expect(map(own)).toEqual(PIXELS.map((pixel) => Math.round((pixel - 100) / 2) + 0));
  });

  it('that are no pictures are refused', () => {
    for (const dtype of ['bool', 'uint32', 'int16'] as const)
      expect(() => guessPreprocessing(input({ dtype }))).toThrow(InputError);
    expect(() => guessPreprocessing(input({ shape: [1, 4, 4, 4] }))).toThrow(/channels of a picture/);
  });
});
