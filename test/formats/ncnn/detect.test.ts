/** Ends of detectors as ncnn has them: its parameters and their order; what these compute is tested beside `formats/lib`. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { range } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { ncnnFiles, runLayer, runNcnn } from '../../helpers/ncnn-net.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';

const CLOSE = { rtol: 1e-5, atol: 1e-6 };
const random = randomSource(17);
const floats = (shape: readonly number[], data: readonly number[]): Tensor => tensorOf('float32', shape, data);
const blob = (...shape: number[]): Tensor => randomTensor('float32', shape, random);

/** Corners of a box about a middle, in shares of a picture of 60 by 40. */
const share = (x: number, y: number, w: number, h: number): number[] => [
  (x - w / 2) / 60,
  (y - h / 2) / 40,
  (x + w / 2) / 60,
  (y + h / 2) / 40,
];

describe('PriorBox', () => {
  const map = blob(1, 2, 2, 3);
  const picture = blob(1, 3, 40, 60);
  const root = Math.sqrt(2);
  const sizes = [
    [10, 10],
    [Math.sqrt(200), Math.sqrt(200)],
    [10 * root, 10 / root],
    [10 / root, 10 * root],
  ] as const;

  it('of the extents of the picture, in the order of sizes', async () => {
    const params = '-23300=1,10.0 -23301=1,20.0 -23302=1,2.0 9=-233 10=-233 13=0.5';
    const [y] = await runLayer('PriorBox', params, [map, picture]);
    const boxes = range(6).flatMap((i) =>
      sizes.flatMap(([w, h]) => share(((i % 3) + 0.5) * 20, (Math.floor(i / 3) + 0.5) * 20, w, h)),
    );
    const variances = range(24).flatMap(() => [0.1, 0.1, 0.2, 0.2]);
    expectClose(y ?? map, floats([1, 2, 96], [...boxes, ...variances]), CLOSE);
  });

  it('of numbers that the layer has, clipped, each ratio once', async () => {
    const params = '-23300=1,30.0 -23302=1,2.0 3=0.5 7=0 8=1 9=60 10=40 11=7.0 12=9.0 13=0.25';
    const [y] = await runLayer('PriorBox', params, [map, picture]);
    const boxes = range(6).flatMap((i) =>
      [
        [30, 30],
        [30 * root, 30 / root],
      ].flatMap(([w = 0, h = 0]) => share(((i % 3) + 0.25) * 7, (Math.floor(i / 3) + 0.25) * 9, w, h)),
    );
    const clipped = boxes.map((v) => Math.min(Math.max(v, 0), 1));
    const variances = range(12).flatMap(() => [0.5, 0.1, 0.2, 0.2]);
    expectClose(y ?? map, floats([1, 2, 48], [...clipped, ...variances]), CLOSE);
  });

  it("refuses MXNet's by name", async () => {
    const run = runLayer('PriorBox', '-23300=1,0.5 -23302=1,1.0 9=-233 10=-233', [map]);
    await expect(run).rejects.toThrow('as MXNet has them');
  });
});

it('DetectionOutput: label, score and corners, best first, of boxes that are found', async () => {
  const boxes = [
    [0.1, 0.1, 0.5, 0.5],
    [0.12, 0.1, 0.5, 0.5],
    [0.6, 0.6, 0.9, 0.8],
  ];
  const scores = [
    [0.1, 0.9, 0],
    [0.2, 0.8, 0],
    [0.05, 0, 0.95],
  ];
  const inputs = [
    floats([1, 12], range(12).fill(0)),
    floats([1, 9], scores.flat()),
    floats([1, 2, 12], [...boxes.flat(), ...range(12).fill(0.1)]),
  ];
  const [y] = await runLayer('DetectionOutput', '0=3 1=0.45 2=100 4=0.25', inputs);
  const rows = [2, 0.95, ...(boxes[2] ?? []), 1, 0.9, ...(boxes[0] ?? [])];
  expectClose(y ?? floats([], [0]), floats([1, 2, 6], rows), CLOSE);
  expect((await runLayer('DetectionOutput', '0=3 1=0.45 4=0.99', inputs))[0]?.shape).toEqual([1, 0, 6]);
});

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
const logit = (p: number): number => Math.log(p / (1 - p));

/** A map of 2×2 cells and two boxes of two classes, nothing in it but one box in one cell: x, y, w, h, objectness, classes. */
function mapOf(box: number, cell: number, codes: readonly number[]): Tensor {
  const data = range(2 * 7 * 4).map((i): number => (Math.floor(i / 4) % 7 === 4 ? -20 : 0));
  codes.forEach((code, k) => (data[(box * 7 + k) * 4 + cell] = code));
  return floats([1, 14, 2, 2], data);
}

/** Corners of a box. */
const box = (cx: number, cy: number, w: number, h: number): number[] => [
  cx - w / 2,
  cy - h / 2,
  cx + w / 2,
  cy + h / 2,
];

describe('YOLO', () => {
  it('v3: sizes by their numbers, which may be bits of floats, and the scale of each map', async () => {
    const maps = [
      mapOf(1, 3, [0.3, -0.2, 0.1, 0.2, logit(0.9), logit(0.2), logit(0.8)]),
      mapOf(0, 0, [0, 0, 0, 0, logit(0.8), logit(0.7), logit(0.1)]),
    ];
    // Sizes 3, 2, 0 and 1; 1077936128 are the bits of 3, and so on.
    const mask = '-23305=4,1077936128,1073741824,0,1065353216';
    const sizes = '-23304=8,4.0,5.0,6.0,7.0,8.0,9.0,20.0,30.0';
    const [y] = await runLayer('Yolov3DetectionOutput', `0=2 1=2 2=0.3 ${sizes} ${mask} -23306=2,32.0,16.0`, maps);
    const first = box(
      (1 + sigmoid(0.3)) / 2,
      (1 + sigmoid(-0.2)) / 2,
      (Math.exp(0.1) * 8) / 64,
      (Math.exp(0.2) * 9) / 64,
    );
    const second = box(0.25, 0.25, 4 / 32, 5 / 32);
    expectClose(y ?? floats([], [0]), floats([1, 2, 6], [2, 0.72, ...first, 1, 0.56, ...second]), CLOSE);
  });

  it('v2: sizes in cells, and classes by their softmax', async () => {
    const map = mapOf(1, 2, [0, 0, 0, 0, logit(0.9), 2, 0]);
    const [y] = await runLayer('YoloDetectionOutput', '0=2 1=2 2=0.3 -23304=4,1.0,1.0,0.5,1.5', [map]);
    const score = 0.9 * sigmoid(2);
    expectClose(y ?? map, floats([1, 1, 6], [1, score, 0.125, 0.375, 0.375, 1.125]), CLOSE);
  });

  it('fails where the mask has numbers that there are no sizes of', async () => {
    const run = runLayer('Yolov3DetectionOutput', '0=2 1=1 -23304=2,1.0,1.0 -23305=1,5 -23306=1,32.0', [
      blob(1, 7, 2, 2),
    ]);
    await expect(run).rejects.toThrow('has no size 5');
  });
});

/** A box within a picture of 500 by 400 pixels. */
const cut = (box: number[]): number[] => box.map((v, i) => Math.min(Math.max(v, 0), i % 2 === 0 ? 499 : 399));

describe('Proposal', () => {
  // 2×3 cells and nine anchors, of which the second of the third ratio has something in cell 4, the first of all in cell 1.
  const scores = range(18 * 6).map((i) => (i === (9 + 7) * 6 + 4 ? 0.9 : i === 9 * 6 + 1 ? 0.8 : 0));
  const deltas = range(36 * 6).map((i) => (i === 7 * 4 * 6 + 4 ? 0.25 : 0));
  const info = floats([1, 3], [400, 500, 1]);
  const inputs = [floats([1, 18, 2, 3], scores), floats([1, 36, 2, 3], deltas), info];

  it('regions best first, cut at the edges of the picture, and their scores', async () => {
    const [rois, kept] = await runLayer('Proposal', '0=100 3=2', inputs, { outputs: 2 });
    // Of ratio 2: 11 by 22 pixels, times 16, moved by a fourth of its width; of ratio ½: 23 by 12 pixels, times 8.
    const best = [8 + 100 - 88 + 44, 8 + 100 - 176, 8 + 100 + 88 + 44, 8 + 100 + 176];
    const next = [8 + 100 - 92, 8 - 48, 8 + 100 + 92, 8 + 48];
    expectClose(rois ?? info, floats([1, 2, 1, 4], [...cut(best), ...cut(next)]), CLOSE);
    expectClose(kept ?? info, floats([1, 2, 1, 1], [0.9, 0.8]), CLOSE);
  });

  it('of one image only', async () => {
    const two = inputs.map((x) => floats([2, ...x.shape.slice(1)], [...x.data, ...x.data]));
    await expect(runLayer('Proposal', '0=100', two)).rejects.toThrow(ShapeError);
  });
});

it('integers go to layers that take them, and to no others', async () => {
  const conv = 'Convolution conv 1 1 x i 0=2 1=1 5=0 6=2 8=102';
  const blobs = [{ int8: [100, -50] }, { plain: [50, 50] }, { plain: [10] }, { plain: [20] }];
  const lines = [
    'Input in 0 1 x 0=2 1=2 2=1',
    conv,
    'Split split 1 2 i a b',
    'Sigmoid s 1 1 a y',
    'Eltwise e 2 1 b y z 0=1',
  ];
  const run = runNcnn(ncnnFiles(lines, blobs), { x: blob(1, 1, 2, 2) });
  await expect(run).rejects.toThrow(/Sigmoid "s": a blob of 8-bit integers/);
});
