/** Segmenters on the GPU: the class of each pixel is the best of what onnxruntime gives, interpolated by the test's own formula. */
import { describe, expect, it } from 'vitest';
import { deeplabV3, deeplabV3Plus } from '../../models/deeplab.ts';
import { fcn } from '../../models/fcn.ts';
import { unet } from '../../models/unet.ts';
import { randomWeights } from '../../models/weights.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { createSegmenter, type Segmentation } from '../../src/tasks/segmenter.ts';
import { at } from '../../src/util/arrays.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { preprocess } from '../../src/vision/preprocess.ts';
import { bestClass, resizedScores } from '../helpers/class-maps.ts';
import { FULL } from '../helpers/full.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { randomSource } from '../helpers/random.ts';
import { peakOf, type SeededBuild, type SeededNetworks } from '../helpers/seeded-networks.ts';
import { hasSharedData, readGolden, sharedModel, type Golden } from '../helpers/shared-data.ts';

const gpu = async (): Promise<GPUAdapter> => (await openGpu()).adapter;

/** Best scores that are nearer than this to another, in parts of the largest one, may be either. */
const TIE = 1e-4;

/** So that networks of random weights find more than one class. */
const CONTRAST = { mean: [127, 127, 127], std: [16, 16, 16] } as const;

/** Blots of colours, for networks of random weights to tell apart. */
function blots(side: number, seed: number): Pixels {
  const random = randomSource(seed);
  const data = new Uint8Array(4 * side * side).fill(255);
  const cells = Array.from({ length: 25 * 3 }, () => Math.floor(256 * random()));
  for (let i = 0; i < side * side; i++) {
    const cell = Math.floor((5 * (i % side)) / side) + 5 * Math.floor((5 * Math.floor(i / side)) / side);
    for (let c = 0; c < 3; c++) data[4 * i + c] = cells[3 * cell + c] ?? 0;
  }
  return { width: side, height: side, data };
}

const classMap = (found: Segmentation): Uint8Array | Uint16Array => {
  if (found.kind !== 'classes') throw new Error('no class map');
  return found.data;
};

/** How many pixels are of another class than the best score, and how many of these are ties. */
function apart(
  found: ArrayLike<number>,
  scores: Tensor,
  side: number,
): { wrong: number; ties: number; classes: number } {
  const [, first = 0, second = 0] = scores.shape;
  const scoresAt = resizedScores(scores, side, side, first !== second);
  const peak = peakOf(scores);
  let [wrong, ties] = [0, 0];
  const seen = new Set<number>();
  for (let i = 0; i < side * side; i++) {
    const best = bestClass(scoresAt, i % side, Math.floor(i / side));
    seen.add(best.index);
    if (best.index === found[i]) continue;
    const tied = at(best.scores, best.index) - at(best.scores, found[i] ?? NaN) < TIE * peak;
    if (tied) ties++;
    else wrong++;
  }
  return { wrong, ties, classes: seen.size };
}

/** One network: the GPU's map against onnxruntime's scores, and the reference's. */
async function expectBestClasses(build: SeededBuild): Promise<void> {
  const graph = build(randomWeights(5));
  const file = toOnnx(graph);
  using segmenter = await createSegmenter(file, { gpu, decode: 'class-scores', preprocessing: CONTRAST });
  const { preprocessing } = segmenter;
  const picture = blots(preprocessing.width, 7);
  const fed = preprocess(picture, preprocessing);
  const scores = at([...(await ortRun(file, new Map([[at(graph.inputs, 0).name, fed]]))).values()], 0);
  const found = classMap(await segmenter.segment(picture));
  const counted = apart(found, scores, picture.width);
  console.info(
    `${graph.name}: ${JSON.stringify(counted)} of ${found.length} pixels, scores [${scores.shape.join(', ')}]`,
  );
  expect(counted.wrong).toBe(0);
  expect(counted.ties).toBeLessThan(found.length / 100);
  expect(counted.classes).toBeGreaterThan(1);
  using cpu = await createSegmenter(file, { backend: 'cpu', decode: 'class-scores', preprocessing: CONTRAST });
  const same = classMap(await cpu.segment(picture));
  expect(apart(same, scores, picture.width).wrong).toBe(0);
  expect(found.filter((index, i) => index !== same[i]).length).toBeLessThanOrEqual(found.length / 1000);
}

const NETWORKS: SeededNetworks = [
  ['U-Net', (w) => unet({ weights: w, width: 1 / 16, resolution: 32, classes: 3 })],
  ['DeepLab v3+', (w) => deeplabV3Plus({ weights: w, width: 0.1, resolution: 65, classes: 5 })],
  ['DeepLab v3', (w) => deeplabV3({ weights: w, width: 0.1, resolution: 65 })],
  ['FCN-8s', (w) => fcn({ weights: w, width: 1 / 32, resolution: 33, classes: 5 })],
  ['FCN-32s', (w) => fcn({ weights: w, width: 1 / 32, resolution: 40, stride: 32, classes: 5 })],
];

describe('class maps', () => {
  it('of maps smaller than the input are interpolated', async () => {
    const random = randomSource(9);
    const scores = tensorOf(
      'float32',
      [1, 5, 3, 3],
      Array.from({ length: 45 }, () => random() - 0.5),
    );
    const b = new GraphBuilder('coarse');
    b.input('picture', 'float32', [1, 16, 16, 3]);
    b.output(b.one('Identity', [b.constant('scores', scores)], {}));
    using segmenter = await createSegmenter(b.build(), { gpu });
    const found = classMap(await segmenter.segment(blots(16, 1)));
    expect(apart(found, scores, 16)).toMatchObject({ wrong: 0, ties: 0 });
  });

  it('of scores that are no finite numbers are refused', async () => {
    for (const value of [NaN, Infinity]) {
      const b = new GraphBuilder('spoiled');
      b.input('picture', 'float32', [1, 4, 4, 3]);
      const scores = Array.from({ length: 32 }, (_, i) => (i === 9 ? value : i));
      b.output(b.one('Identity', [b.constant('scores', tensorOf('float32', [1, 4, 4, 2], scores))], {}));
      using segmenter = await createSegmenter(b.build(), { gpu, decode: 'class-scores' });
      await expect(segmenter.segment(blots(4, 1)), String(value)).rejects.toThrow('no finite numbers');
    }
  });

  if (FULL) it.each(NETWORKS)('of %s', async (_, build) => expectBestClasses(build));
});

/** The picture whose pixels are a recorded input. */
function recorded({ inputs }: Golden): Pixels {
  const { shape, data: values = [] } = at(inputs, 0).tensor;
  const [, height = 0, width = 0] = shape;
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  values.forEach((v, i) => (data[4 * Math.floor(i / 3) + (i % 3)] = 255 * v));
  return { width, height, data };
}

if (FULL)
  describe.runIf(hasSharedData)('people and their background', () => {
    it.each(['selfie_segmentation', 'prisma-net_fp16'])('%s finds what LiteRT found', async (model) => {
      const golden = readGolden(`${model}__grace_hopper`);
      using segmenter = await createSegmenter(sharedModel(`tflite/${golden.model}`), { gpu });
      const found = classMap(await segmenter.segment(recorded(golden)));
      const expected = Array.from(at(golden.outputs, 0).tensor.data, (alpha) => Number(alpha >= 0.5));
      const both = expected.filter((index, i) => index + (found[i] ?? 0) === 2).length;
      const either = expected.filter((index, i) => index + (found[i] ?? 0) > 0).length;
      console.info(`${model}: IoU ${both / either} of ${either} pixels`);
      expect(found.length).toBe(expected.length);
      expect(both / either).toBeGreaterThanOrEqual(0.99);
    });
  });
