/** A cascade of networks that know red squares, on both backends: what is found where, with what score, is known without them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError, LoadError } from '../../src/core/errors.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { createFaceDetector, type FaceDetector, type FaceDetectorOptions } from '../../src/tasks/face-detector.ts';
import { at, range } from '../../src/util/arrays.ts';
import type { Face } from '../../src/vision/faces.ts';
import { FIVE_FACE_POINTS } from '../../src/vision/point-names.ts';
import {
  cascadeNetworks,
  GAINS,
  PLACES,
  SHIFTED,
  SIDE,
  squaresOf,
  type RedSquare,
} from '../helpers/cascade-networks.ts';

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

const [WIDTH, HEIGHT] = [108, 104];

/** Sixteen, each a little less red than the one before: 250 to 175. */
const SQUARES: readonly RedSquare[] = range(16).map((i) => ({
  x: 8 + 24 * (i % 4),
  y: 6 + 24 * Math.floor(i / 4),
  red: 250 - 5 * i,
}));

const PICTURE = squaresOf(WIDTH, HEIGHT, SQUARES);

/** The share of red that a network of `side` pixels sees of a square in the middle of `extent` pixels of the picture, along one axis. */
function seenShare(side: number, extent: number): number {
  const beyond = (extent - SIDE) / 2;
  const samples = range(side).map((i) => {
    const from = ((i + 0.5) / side) * extent - beyond;
    // Between the middles of the pixels inside and outside of its border the square fades.
    return Math.min(1, Math.max(0, Math.min(from, SIDE - from) + 0.5));
  });
  return samples.reduce((sum, v) => sum + v, 0) / side;
}

/** What the networks make of the squares, best first. */
function expected(least: number) {
  const scored = SQUARES.flatMap((square) => {
    const brightness = square.red / 255;
    const second = brightness * seenShare(24, SIDE + 2) ** 2 * GAINS.second;
    const score = brightness * seenShare(48, SIDE) ** 2 * GAINS.third;
    return brightness * GAINS.first >= 0.6 && second > 0.7 && score >= least ? [{ ...square, score }] : [];
  });
  const [x1, y1, x2, y2] = SHIFTED;
  return scored.map(({ x, y, score }) => ({
    box: [x + x1 * SIDE, y + y1 * SIDE, SIDE * (1 + x2 - x1), SIDE * (1 + y2 - y1)],
    score,
    points: FIVE_FACE_POINTS.map((name, i) => ({ name, x: x + at(PLACES, i) * SIDE, y: y + at(PLACES, i + 5) * SIDE })),
  }));
}

/** Sums of some hundreds of numbers in float32, and extents of some pixels. */
const DIGITS = 3;
const close = (value: number) => expect.closeTo(value, DIGITS);

function expectFound(found: readonly Face[], wanted: ReturnType<typeof expected>): void {
  expect(
    found.map(({ x, y, width, height, score, label, points }) => ({
      box: [x, y, width, height],
      score,
      label,
      points,
    })),
  ).toEqual(
    wanted.map(({ box, score, points }) => ({
      box: box.map(close),
      score: close(score),
      label: 'face',
      points: points.map(({ name, x, y }) => ({ name, x: close(x), y: close(y) })),
    })),
  );
}

describe.each(['cpu', 'webgpu'] as const)('a cascade on %s', (backend) => {
  const create = (options: FaceDetectorOptions = {}): Promise<FaceDetector> => {
    const { first, second, third } = cascadeNetworks();
    const place = { backend, ...(backend === 'webgpu' ? { gpu: device } : {}) };
    return createFaceDetector(first, { rnet: second, onet: third, ...place, ...options });
  };

  it('finds what all three networks take for a face, in a picture of any size', async () => {
    using detector = await create();
    expect(detector.binding).toMatchObject({ decode: 'mtcnn' });
    const wanted = expected(0.7);
    expect(wanted.length).toBeGreaterThan(5);
    expect(wanted.length).toBeLessThan(10);
    expectFound(await detector.detect(PICTURE, { minSize: SIDE }), wanted);
    const best = at(SQUARES, 0);
    const small = squaresOf(40, 30, [{ ...best, x: 20, y: 10 }]);
    const [face, ...others] = await detector.detect(small, { minSize: SIDE });
    expect(others).toEqual([]);
    expect(face).toMatchObject({ x: close(20 + at(SHIFTED, 0) * SIDE), y: close(10 + at(SHIFTED, 1) * SIDE) });
    expect(detector.session.report.backend).toBe(backend);
  });

  it('keeps to its limits', async () => {
    using detector = await create();
    const minSize = SIDE;
    expectFound(await detector.detect(PICTURE, { minSize, threshold: 0.85 }), expected(0.85));
    expectFound(await detector.detect(PICTURE, { minSize, max: 2 }), expected(0.7).slice(0, 2));
    // Squares are smaller than the faces that are looked for, or the picture is.
    expect(await detector.detect(PICTURE, { minSize: 24 })).toEqual([]);
    expect(await detector.detect(PICTURE, { minSize: 200 })).toEqual([]);
    await expect(detector.detect(PICTURE, { minSize: 0.5 })).rejects.toThrow(InputError);
    await expect(detector.detect(PICTURE, { minSize: -1 })).rejects.toThrow(InputError);
    await expect(detector.detect(PICTURE, { threshold: 2 })).rejects.toThrow('the lowest score is between 0 and 1');
    await expect(detector.detect(PICTURE, { iou: -1 })).rejects.toThrow('between 0 and 1, not -1');
  });

  it('watches, follows a signal, and ends', async () => {
    const detector = await create();
    const ids: (number | undefined)[][] = [];
    for await (const { result } of detector.watch([PICTURE, PICTURE], { minSize: SIDE, every: true }))
      ids.push(result.map(({ id }) => id));
    expect(ids.length).toBe(2);
    expect(ids[1]).toEqual(ids[0]);
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(detector.detect(PICTURE, { minSize: SIDE, signal: aborted })).rejects.toThrow('enough');
    detector.dispose();
    await expect(detector.detect(PICTURE, { minSize: SIDE })).rejects.toThrow(InputError);
  });

  it('needs the networks behind the first, when that found something', async () => {
    using off = await create({ rnet: false });
    expect(await off.detect(squaresOf(30, 30, []), { minSize: SIDE })).toEqual([]);
    await expect(off.detect(PICTURE, { minSize: SIDE })).rejects.toThrow('rnet were turned off');
    const { second } = cascadeNetworks();
    using wrong = await create({ onet: second });
    await expect(wrong.detect(PICTURE, { minSize: SIDE })).rejects.toThrow(LoadError);
    await expect(wrong.detect(PICTURE, { minSize: SIDE })).rejects.toThrow(
      'the model for onet cannot be loaded: the outputs are nothing that is decoded here',
    );
  });
});
