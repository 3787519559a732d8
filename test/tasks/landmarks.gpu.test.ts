/**
 * Landmarks of poses, faces and hands on the GPU beside LiteRT's or TensorFlow.js's, of regions that are found, sampled and
 * projected back here by formulas of this file's own; and faces in pictures that are turned.
 */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findModel } from '../../src/catalogue/catalogue.ts';
import { AT_A_TABLE } from '../../src/catalogue/samples.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { installedPackage } from '../../src/node/packages.ts';
import { createFaceDetector } from '../../src/tasks/face-detector.ts';
import { createHandDetector } from '../../src/tasks/hand-detector.ts';
import { createPoseEstimator } from '../../src/tasks/pose-estimator.ts';
import { at, range } from '../../src/util/arrays.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { preprocess } from '../../src/vision/preprocess.ts';
import { catalogueModel } from '../helpers/catalogue-models.ts';
import { Litert } from '../helpers/litert-oracle.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';
import { onGpuHere as options } from '../helpers/task-options.ts';
import { tfjsPredict } from '../helpers/tfjs-oracle.ts';
import { pixelsOf, turnedPlace } from '../helpers/turned-picture.ts';

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A square of a picture, turned clockwise by so many radians, perhaps seen in a mirror. */
interface Square {
  readonly middle: Place;
  readonly side: number;
  readonly angle: number;
  readonly mirror?: boolean;
}

const litert = new Litert();
afterAll(() => litert[Symbol.dispose]());

const hopper = (degrees = 0): Promise<Pixels> => pixelsOf(sharedPath('images/grace_hopper.png'), undefined, degrees);

/** From shares of a square, (0, 0) its corner and (1, 1) the opposite one, to the picture. */
function inPicture({ middle, side, angle, mirror = false }: Square, u: number, v: number): Place {
  const [across, down] = [(mirror ? 0.5 - u : u - 0.5) * side, (v - 0.5) * side];
  return {
    x: middle.x + across * Math.cos(angle) - down * Math.sin(angle),
    y: middle.y + across * Math.sin(angle) + down * Math.cos(angle),
  };
}

/** A colour of a picture, 0 to 1, between the four pixels around a place where the first pixel lies at 0; the border goes on. */
function colour({ width, height, data }: Pixels, { x, y }: Place, c: number): number {
  const pixel = (column: number, row: number): number => {
    const [i, j] = [Math.min(Math.max(column, 0), width - 1), Math.min(Math.max(row, 0), height - 1)];
    return at(data, (j * width + i) * 4 + c) / 255;
  };
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, low] = [x - left, y - top];
  const upper = pixel(left, top) * (1 - right) + pixel(left + 1, top) * right;
  const lower = pixel(left, top + 1) * (1 - right) + pixel(left + 1, top + 1) * right;
  return upper * (1 - low) + lower * low;
}

/** An input `[1, n, n, 3]`. MediaPipe's pixels lie in the middle of their squares, those of TensorFlow.js at the corner. */
function seen(picture: Pixels, square: Square, n: number, centred: boolean): Tensor {
  const half = centred ? 0.5 : 0;
  const values = range(n * n * 3).map((k) => {
    const [i, j] = [Math.floor(k / 3) % n, Math.floor(k / 3 / n)];
    const { x, y } = inPicture(square, (i + half) / n, (j + half) / n);
    return colour(picture, { x: x - half, y: y - half }, k % 3);
  });
  return tensorOf('float32', [1, n, n, 3], values);
}

/** What an oracle's network gives of a square, each output as numbers. */
async function oracle(name: string, picture: Pixels, square: Square, n: number): Promise<(readonly number[])[]> {
  const entry = findModel(name);
  const files = await catalogueModel(entry);
  if (!files) throw new Error(`${name} cannot be had`);
  const lite = entry.format === 'tflite';
  const input = seen(picture, square, n, lite);
  if (lite) return (await litert.run(files.main.bytes, [input])).map(({ data }) => Array.from(data));
  const outputs = await tfjsPredict(files, new Map([['input_1:0', input]]), 'wasm');
  return [...outputs.values()].map(({ data }) => Array.from(data));
}

/** Points of the one output of so many numbers, in pixels of the input, so many numbers each, in the picture. */
function placesOf(outputs: readonly (readonly number[])[], count: number, each: number, square: Square, n: number) {
  // Of two such, those in metres are small.
  const rows = outputs.find((values) => values.length === count && values.some((value) => Math.abs(value) > 2)) ?? [];
  return range(rows.length / each).map((i) => inPicture(square, at(rows, i * each) / n, at(rows, i * each + 1) / n));
}

const apart = (a: Place, b: Place): number => Math.hypot(a.x - b.x, a.y - b.y);

/** The mean and the largest distance of as many points, in shares of `unit`, noted down. */
function distances(what: string, found: readonly Place[], wanted: readonly Place[], unit: number) {
  expect(found.length, what).toBe(wanted.length);
  expect(found.length, what).toBeGreaterThan(0);
  const all = found.map((place, i) => apart(place, at(wanted, i)) / unit);
  const result = { mean: all.reduce((sum, one) => sum + one, 0) / all.length, most: Math.max(...all) };
  console.info(
    `${what}: mean ${(100 * result.mean).toPrecision(3)} %, at most ${(100 * result.most).toPrecision(3)} %`,
  );
  return result;
}

/** By how much the way from one place to another is turned from running to the right, clockwise. */
const slope = (from: Place, to: Place): number => Math.atan2(to.y - from.y, to.x - from.x);

const between = (a: Place, b: Place): Place => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

const unavailable = async (names: readonly string[]): Promise<boolean> =>
  (await Promise.all(names.map((name) => catalogueModel(findModel(name))))).includes(undefined);

/** The outer corners of the eyes in a mesh. */
const eyesOf = (mesh: readonly Place[]): readonly [Place, Place] => [at(mesh, 33), at(mesh, 263)];

describe.skipIf(!hasSharedData)('poses', () => {
  it('by MoveNet are what TensorFlow.js gives', async () => {
    using task = await createPoseEstimator('movenet-lightning', options);
    const picture = await hopper();
    const [pose] = await task.estimate(picture);
    const files = await options.modelBase(findModel('movenet-lightning'));
    const input = preprocess(picture, task.preprocessing);
    const output = [...(await tfjsPredict(files, new Map([[at(task.session.inputs, 0).name, input]]))).values()][0];
    const rows = Array.from(output?.data ?? []);
    expect(rows).toHaveLength(51);
    // The picture lies in the middle of a square that has its longer side.
    const side = Math.max(picture.width, picture.height);
    const square = { middle: { x: picture.width / 2, y: picture.height / 2 }, side, angle: 0 };
    const wanted = range(17).map((i) => inPicture(square, at(rows, 3 * i + 1), at(rows, 3 * i)));
    // Half a pixel: the input has whole pixels of the picture and of its border.
    const points = pose?.points ?? [];
    expect(distances('MoveNet, of the picture', points, wanted, side).most).toBeLessThan(0.5 / side);
    const scores = points.map(({ score }, i) => Math.abs(score - at(rows, 3 * i + 2)));
    console.info(`MoveNet: scores within ${Math.max(...scores)}`);
    expect(Math.max(...scores)).toBeLessThan(0.01);
  });

  it('by BlazePose are what LiteRT gives', async ({ skip }) => {
    if (await unavailable(['blazepose', 'pose-landmark-lite'])) return skip('@mediapipe/pose cannot be had');
    const picture = await pixelsOf(sharedPath('images/street.jpg'), { left: 20, top: 50, width: 160, height: 260 }, 30);
    using people = await createPoseEstimator('blazepose', { ...options, landmarks: false });
    const [hips, top] = at(await people.estimate(picture), 0).points;
    if (!hips || !top) throw new Error('nobody was found');
    const square = { middle: hips, side: 2.5 * apart(hips, top), angle: slope(hips, top) + Math.PI / 2 };
    const wanted = placesOf(await oracle('pose-landmark-lite', picture, square, 256), 195, 5, square, 256);
    using task = await createPoseEstimator('blazepose', options);
    const found = at(await task.estimate(picture), 0).points;
    expect(distances('BlazePose, of the circle', found, wanted.slice(0, 33), square.side).most).toBeLessThan(0.001);
  });
});

/** Where a mesh is looked for, by a face that the detector found: half as large again. */
function faceSquare(face: { x: number; y: number; width: number; height: number; points: readonly Place[] }): Square {
  const middle = { x: face.x + face.width / 2, y: face.y + face.height / 2 };
  const angle = slope(at(face.points, 0), at(face.points, 1));
  return { middle, side: 1.5 * Math.max(face.width, face.height), angle };
}

/** Where an iris is looked for: the corners of its eye, of which the upright box is widened. */
function eyeSquare(from: Place, to: Place, mirror: boolean): Square {
  const side = 2.3 * Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  return { middle: between(from, to), side, angle: slope(from, to), mirror };
}

describe.skipIf(!hasSharedData)('faces', () => {
  it.for(['face-mesh', 'face-mesh-contours'])(
    'by %s, and irises, are what the reference runtime gives',
    async (landmarks, { skip }) => {
      if (await unavailable(['blazeface-short', landmarks, 'iris'])) return skip('@mediapipe/face_mesh cannot be had');
      using task = await createFaceDetector('blazeface-short', { ...options, landmarks });
      const picture = await hopper(20);
      const [face, ...others] = await task.detect(picture, { mesh: true, iris: true });
      if (!face?.mesh) throw new Error('no face was found');
      expect(others).toEqual([]);
      const square = faceSquare(face);
      const mesh = placesOf(await oracle(landmarks, picture, square, 192), 1404, 3, square, 192);
      const eyes = apart(...eyesOf(mesh));
      expect(distances(landmarks, face.mesh.slice(0, 468), mesh, eyes).most).toBeLessThan(0.001);
      for (const [first, from, to, mirror] of [
        [468, 33, 133, false],
        [473, 362, 263, true],
      ] as const) {
        const eye = eyeSquare(at(mesh, from), at(mesh, to), mirror);
        const all = placesOf(await oracle('iris', picture, eye, 64), 228, 3, eye, 64);
        const found = face.mesh.slice(first, first + 5);
        expect(distances(`iris from ${first}`, found, all.slice(71), eyes).most).toBeLessThan(0.001);
      }
    },
  );

  // Shares of the way between the eyes' corners. The networks make the difference: turned by 90°, BlazeFace's box is an eighth
  // smaller and the line of its eyes eleven degrees off, where it is four upright, and one look at the mesh does not mend that.
  it.for([
    [30, 0.015],
    [-90, 0.02],
    [90, 0.065],
  ] as const)('turn with the picture, by %d°', async ([degrees, bound], { skip }) => {
    if (await unavailable(['blazeface-short', 'face-mesh'])) return skip('@mediapipe/face_mesh cannot be had');
    using task = await createFaceDetector('blazeface-short', options);
    const [upright, turned] = [await hopper(), await hopper(degrees)];
    const [mesh, found] = (await task.detect([upright, turned], { mesh: true })).map((faces) => faces[0]?.mesh ?? []);
    const wanted = (mesh ?? []).map((place) => {
      const [x, y] = turnedPlace(place, upright, turned, degrees);
      return { x, y };
    });
    expect(wanted).toHaveLength(468);
    const { mean } = distances(`turned by ${degrees}°`, found ?? [], wanted, apart(...eyesOf(wanted)));
    expect(mean).toBeLessThan(bound);
  });
});

describe('hands', () => {
  it('are what LiteRT gives', async ({ skip }) => {
    if (await unavailable(['palm-detection-full', 'hand-landmark-full'])) return skip('@mediapipe/hands cannot be had');
    const file = join(installedPackage('@vladmandic/human')?.folder ?? '', 'assets/samples.jpg');
    const { x, y, width, height } = AT_A_TABLE;
    const picture = await pixelsOf(file, { left: x, top: y, width, height });
    using palms = await createHandDetector(undefined, { ...options, landmarks: false });
    const palm = at(await palms.detect(picture, { threshold: 0.4 }), 0);
    const angle = slope(at(palm.points, 0), at(palm.points, 2)) + Math.PI / 2;
    // Half a palm towards the fingers.
    const up = { x: Math.sin(angle) * 0.5 * palm.height, y: -Math.cos(angle) * 0.5 * palm.height };
    const middle = { x: palm.x + palm.width / 2 + up.x, y: palm.y + palm.height / 2 + up.y };
    const square = { middle, side: 2.6 * Math.max(palm.width, palm.height), angle };
    const wanted = placesOf(await oracle('hand-landmark-full', picture, square, 224), 63, 3, square, 224);
    using task = await createHandDetector(undefined, options);
    const hand = at(await task.detect(picture, { threshold: 0.4 }), 0);
    expect(distances('hand, of its width', hand.points, wanted, hand.width).most).toBeLessThan(0.001);
  });
});
