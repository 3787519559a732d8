/** Mattes of real networks against those of the reference runtimes, in the pictures' own pixels. */
import { describe, expect, it } from 'vitest';
import { openGpu } from '../../src/node/adapter.ts';
import { createMatting } from '../../src/tasks/matting.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { hasSharedData, readGolden, sharedModel, type Golden } from '../helpers/shared-data.ts';

const gpu = async (): Promise<GPUAdapter> => (await openGpu()).adapter;

/** The picture whose preprocessing is a recorded input: `byteOf` gives an element's byte. */
function recordedPicture(golden: Golden, byteOf: (value: number, channel: number) => number): Pixels {
  const input = golden.inputs[0]?.tensor;
  const [, height = 0, width = 0, channels = 0] = input?.shape ?? [];
  // The brightest rounds to 256.
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) data[4 * i + c] = byteOf(input?.data[channels * i + c] ?? NaN, c);
  }
  return { width, height, data };
}

/** How two mattes agree: intersection over union of what is foreground in them, and the mean difference. */
function agreement(a: ArrayLike<number>, b: ArrayLike<number>): { iou: number; difference: number } {
  let [both, either, apart] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [p = NaN, q = NaN] = [a[i], b[i]];
    both += Number(p > 0.5 && q > 0.5);
    either += Number(p > 0.5 || q > 0.5);
    apart += Math.abs(p - q);
  }
  return { iou: both / either, difference: apart / a.length };
}

describe.runIf(hasSharedData)('mattes of real networks', () => {
  it.each(['selfie_segmentation', 'prisma-net_fp16'])('%s gives what LiteRT gave', async (model) => {
    const golden = readGolden(`${model}__grace_hopper`);
    const picture = recordedPicture(golden, (value) => value * 255);
    using matting = await createMatting(sharedModel(`tflite/${golden.model}`), { gpu });
    expect(matting.binding?.decode).toBe('matte');
    const matte = await matting.matte(picture);
    const { iou, difference } = agreement(matte.data, golden.outputs[0]?.tensor.data ?? []);
    console.info(`${model}: IoU ${iou}, mean difference ${difference}`);
    expect(iou).toBeGreaterThanOrEqual(0.99);
    expect(difference).toBeLessThan(1e-4);
  });

  it('portrait_video_int8 gives what TensorFlow Lite Micro gave, and is shown the matte of the frame before', async () => {
    const golden = readGolden('portrait_video_int8__grace_hopper__tflm');
    using matting = await createMatting(sharedModel(`tflite/${golden.model}`), { gpu, rounding: 'reference' });
    const { mean, std } = matting.preprocessing;
    const picture = recordedPicture(golden, (q, c) => q * (std[c] ?? NaN) + (mean[c] ?? NaN));
    const first = await matting.matte(picture);
    const expected = Float32Array.from(golden.outputs[0]?.tensor.data ?? [], (q) => (q + 128) / 256);
    const { iou, difference } = agreement(first.data, expected);
    console.info(`portrait_video_int8: IoU ${iou}, mean difference ${difference}`);
    expect(iou).toBeGreaterThanOrEqual(0.99);
    expect(difference).toBeLessThan(1e-3);
    const next = await matting.matte(picture, { previous: first });
    // A still picture keeps its foreground, and the mask counts for something.
    expect(agreement(next.data, first.data).iou).toBeGreaterThan(0.9);
    expect(agreement(next.data, first.data).difference).toBeGreaterThan(0);
    const other = { ...first, width: 3 };
    await expect(matting.matte(picture, { previous: other })).rejects.toThrow('a matte of 3x224 has 672 numbers');
  });
});
