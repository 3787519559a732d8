/** Heads of poses and hands on made-up outputs, against decoders that share no code with them. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { HAND_HEADS, HAND_LANDMARK_HEADS } from '../../src/heads/hands.ts';
import { POSE_HEADS, POSE_LANDMARK_HEADS } from '../../src/heads/poses.ts';
import { decodeHeatMaps } from '../../src/vision/decode/key-points.ts';
import { suppressed } from '../helpers/decoders/decoded-box.ts';
import { createPoseEstimator } from '../../src/tasks/pose-estimator.ts';
import { blazeAnchors, decodeBlaze } from '../helpers/decoders/faces.ts';
import { decodeYoloV8 } from '../helpers/decoders/yolo.ts';
import { constantNetwork } from '../helpers/head-cases.ts';
import { expectClose } from '../helpers/close.ts';
import { runHead } from '../helpers/head-run.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

/** A few products and sums of numbers up to some hundreds, in float32 against float64. */
const CLOSE = { rtol: 1e-5, atol: 1e-3 };

const random = (shape: readonly number[], seed: number, low = 0, high = 1): Tensor =>
  randomTensor('float32', shape, randomSource(seed), low, high);

const floats = (shape: readonly number[], values: readonly number[]): Tensor => tensorOf('float32', shape, values);

const chance = (v = NaN): number => 1 / (1 + Math.exp(-v));

/** `result` holds these numbers. */
function expectRows(result: Tensor | undefined, shape: readonly number[], values: readonly number[]): void {
  if (!result) throw new Error('there is no such result');
  expectClose(result, floats(shape, values), CLOSE);
}

describe('anchors of one size', () => {
  it.each([
    ['blazepose', POSE_HEADS, 224, 4, [8, 16, 32, 32, 32]],
    ['blazepalm', HAND_HEADS, 192, 7, [8, 16, 16, 16]],
  ] as const)('%s finds what a decoder written from the papers finds', (name, heads, side, points, strides) => {
    const anchors = blazeAnchors(side, strides);
    const [n, columns] = [anchors.length, 4 + 2 * points];
    const codes = random([1, n, columns], 3, 10, 60);
    const logits = random([1, n, 1], 4, -12, 1);
    const wanted = suppressed(decodeBlaze([logits], [codes], anchors, side), { threshold: 0.3, iou: 0.3 });
    const { head, results } = runHead(
      heads,
      { codes, logits },
      { width: side, height: side, threshold: 0.3, iou: 0.3 },
    );
    expect(head).toBe(name);
    expect(wanted.length).toBeGreaterThan(5);
    const count = wanted.length;
    expectRows(
      results['boxes'],
      [count, 4],
      wanted.flatMap(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2]),
    );
    expectRows(
      results['scores'],
      [count],
      wanted.map(({ score }) => score),
    );
    expectRows(results['points'], [count, points, 2], wanted.flatMap((box) => box.points ?? []).flat());
  });

  it('are as many as some network has, or the outputs are refused', () => {
    const outputs = { codes: random([1, 2255, 12], 1), logits: random([1, 2255, 1], 1) };
    expect(() => runHead(POSE_HEADS, outputs, { width: 224, height: 224 })).toThrow(/nothing that is decoded here/);
  });
});

describe('MoveNet', () => {
  it('gives y and x of one person as shares of the input', () => {
    const rows = random([1, 1, 17, 3], 5);
    const { head, results } = runHead(POSE_HEADS, { rows }, { width: 192, height: 256 });
    expect(head).toBe('movenet');
    const numbers = Array.from(rows.data);
    const places = numbers.flatMap((v, i) => (i % 3 === 0 ? [(numbers[i + 1] ?? 0) * 192, v * 256] : []));
    expectRows(results['points'], [1, 17, 2], places);
    expectRows(
      results['pointScores'],
      [1, 17],
      numbers.filter((_, i) => i % 3 === 2),
    );
  });

  it('keeps of six people those that are sure, and of two that overlap the better', () => {
    const people = Array.from({ length: 6 }, (_, k) => [
      ...Array.from({ length: 51 }, () => k / 10),
      0.1,
      0.2 + k,
      0.5,
      0.4 + k,
      0.05,
    ]);
    const [first = [], second = [], third = []] = people;
    first[55] = 0.6;
    second[55] = 0.8;
    third.splice(51, 5, 0.1, 1.21, 0.5, 1.4, 0.5);
    const { head, results } = runHead(
      POSE_HEADS,
      { people: floats([1, 6, 56], people.flat()) },
      { width: 100, height: 200 },
    );
    expect(head).toBe('movenet-multi');
    expectRows(results['boxes'], [2, 4], [120, 20, 140, 100, 20, 20, 40, 100]);
    expectRows(results['scores'], [2], [0.8, 0.6]);
    expectRows(
      results['points'],
      [2, 17, 2],
      Array.from({ length: 34 }, () => [10, 20]).flatMap(([x = 0, y = 0], i) => (i < 17 ? [x, y] : [0, 0])),
    );
  });
});

describe('YOLO v8 for poses', () => {
  /** x, y, width, height, score and 17 points of x, y, visibility, of the 126 cells of 96 by 64 pixels; all but the box in shares. */
  const shares = random([1, 56, 126], 7);
  const pixels = floats(
    [1, 56, 126],
    Array.from(shares.data, (v, i) => {
      const row = Math.floor(i / 126);
      const part = row < 4 ? row % 2 : row > 4 ? (row - 5) % 3 : 2;
      return v * ([96, 64][part] ?? 1);
    }),
  );
  const size = { width: 96, height: 64, threshold: 0.6 };
  const wanted = suppressed(decodeYoloV8(pixels, 17), { threshold: 0.6, iou: 0.5 });

  it.each([
    ['pixels', pixels],
    ['shares of the input', shares],
  ])('gives the people that are kept, in %s, with their points', (_name, output) => {
    const { head, results } = runHead(POSE_HEADS, { output }, size);
    expect(head).toBe('yolov8-pose');
    const count = wanted.length;
    expect(count).toBeGreaterThan(3);
    expectRows(
      results['boxes'],
      [count, 4],
      wanted.flatMap(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2]),
    );
    expectRows(
      results['scores'],
      [count],
      wanted.map(({ score }) => score),
    );
    expectRows(results['points'], [count, 17, 2], wanted.flatMap((box) => box.points ?? []).flat());
    const cells = wanted.map(({ score }) => output.data.subarray(4 * 126, 5 * 126).indexOf(score));
    expectRows(
      results['pointScores'],
      [count, 17],
      cells.flatMap((cell) => Array.from({ length: 17 }, (_, k) => output.data[(7 + 3 * k) * 126 + cell] ?? NaN)),
    );
  });

  it('takes other numbers of points where it is named', () => {
    const output = random([1, 5 + 3 * 4, 126], 8);
    expect(() => runHead(POSE_HEADS, { output }, size)).toThrow(/nothing that is decoded here/);
    expect(runHead(POSE_HEADS, { output }, { ...size, named: 'yolov8-pose' }).head).toBe('yolov8-pose');
  });

  it('refuses visibilities that are none', async () => {
    const logits = floats(
      [1, 56, 126],
      Array.from(pixels.data, (v, i) => (i >= 7 * 126 && i < 8 * 126 ? 8 * v - 4 : v)),
    );
    using poses = await createPoseEstimator(constantNetwork({ logits }), { backend: 'cpu' });
    const picture = { width: 96, height: 64, data: new Uint8ClampedArray(4 * 96 * 64) };
    await expect(poses.estimate(picture)).rejects.toThrow(/there is a score of/);
    using good = await createPoseEstimator(constantNetwork({ pixels }), { backend: 'cpu' });
    const [first] = await good.estimate(picture);
    expect(first?.points.map(({ name }) => name).slice(0, 2)).toEqual(['nose', 'left_eye']);
  });
});

describe('heat maps', () => {
  const maps = random([1, 17, 16, 12], 6);
  const wanted = decodeHeatMaps(maps)[0] ?? [];

  it.each([
    ['first', maps],
    [
      'last',
      floats(
        [1, 16, 12, 17],
        Array.from({ length: 16 * 12 * 17 }, (_, i) => maps.data[(i % 17) * 192 + Math.floor(i / 17)] ?? NaN),
      ),
    ],
  ] as const)('with channels %s have their peaks in pixels of the input', (_name, given) => {
    const { head, results } = runHead(POSE_HEADS, { given }, { width: 48, height: 64 });
    expect(head).toBe('heat-maps');
    expectRows(
      results['points'],
      [1, 17, 2],
      wanted.flatMap(({ x, y }) => [4 * x, 4 * y]),
    );
    expectRows(
      results['pointScores'],
      [1, 17],
      wanted.map(({ score }) => score),
    );
  });

  it('as large as the picture, or of another shape, are none', () => {
    expect(() => runHead(POSE_HEADS, { maps }, { width: 12, height: 16 })).toThrow(/nothing that is decoded here/);
    expect(() => runHead(POSE_HEADS, { maps }, { width: 48, height: 48 })).toThrow(/nothing that is decoded here/);
  });
});

describe('landmarks', () => {
  it('of a person are told from what says where the person is', () => {
    const rows = random([1, 195], 7, -3, 3);
    const [score, world] = [floats([1, 1], [0.9]), random([1, 117], 8)];
    const mask = random([1, 4, 4, 1], 9, -5, 5);
    const { results } = runHead(POSE_LANDMARK_HEADS, { mask, world, score, rows }, { width: 4, height: 4 });
    const row = (i: number): number[] => Array.from(rows.data.subarray(5 * i, 5 * i + 5));
    const all = Array.from({ length: 33 }, (_, i) => row(i));
    expectRows(
      results['points'],
      [33, 3],
      all.flatMap((r) => r.slice(0, 3)),
    );
    expectRows(
      results['visibility'],
      [33],
      all.map((r) => chance(r[3])),
    );
    expectRows(
      results['presence'],
      [33],
      all.map((r) => chance(r[4])),
    );
    expectRows(results['frame'], [2, 3], [...row(33).slice(0, 3), ...row(34).slice(0, 3)]);
    expectRows(results['world'], [33, 3], Array.from(world.data.subarray(0, 99)));
    expectRows(results['mask'], [4, 4], Array.from(mask.data, chance));
  });

  it('of a hand are told apart by the numbers of their names, whatever their order', () => {
    const [points, world] = [random([1, 63], 1), random([1, 63], 2)];
    const outputs = {
      'Identity_3:0': world,
      'Identity_2:0': floats([1, 1], [0.25]),
      'Identity:0': points,
      'Identity_1:0': floats([1, 1], [0.75]),
    };
    const { results } = runHead(HAND_LANDMARK_HEADS, outputs, { width: 224, height: 224 });
    expectRows(results['points'], [21, 3], Array.from(points.data));
    expectRows(results['world'], [21, 3], Array.from(world.data));
    expectRows(results['score'], [1], [0.75]);
    expectRows(results['side'], [1], [0.25]);
  });
});
