/** MTCNN with real weights: its networks against what OpenCV made of them, and the faces of a photograph against those that others find. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { decodeImage } from '../../src/node/image.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';
import { createFaceDetector, type FaceDetector } from '../../src/tasks/face-detector.ts';
import { at } from '../../src/util/arrays.ts';
import type { Face } from '../../src/vision/faces.ts';
import { partOf } from '../../src/vision/part-of.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { FULL } from '../helpers/full.ts';
import { expectClose } from '../helpers/close.ts';
import { overlap } from '../helpers/decoders/decoded-box.ts';
import { markedBox, markedPictures, type FacePoint } from '../helpers/marked-objects.ts';
import { hasSharedData, readGolden, sharedModel, sharedPath } from '../helpers/shared-data.ts';

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

/** Of other runtimes' float32: SOURCES.md of the shared data has it so. */
const GOLDEN = { rtol: 1e-3, atol: 2e-4 };

const MARKED = markedPictures['faces_1.jpg'].objects.filter(({ difficult }) => !difficult);

const NAMES: Readonly<Record<FacePoint, string>> = {
  rightEye: 'right_eye',
  leftEye: 'left_eye',
  nose: 'nose_tip',
  rightMouth: 'right_mouth_corner',
  leftMouth: 'left_mouth_corner',
};

const stage = (n: number) => sharedModel(`caffe/mtcnn_det${n}.prototxt`);

async function photograph(): Promise<Pixels> {
  return decodeImage(readFileSync(sharedPath('images/faces_1.jpg')), 'faces_1.jpg');
}

function load(backend: 'cpu' | 'webgpu'): Promise<FaceDetector> {
  const place = { backend, ...(backend === 'webgpu' ? { gpu: device } : {}) };
  return createFaceDetector(stage(1), { rnet: stage(2), onet: stage(3), ...place });
}

const corners = ({ x, y, width, height }: Face) => ({ x1: x, y1: y, x2: x + width, y2: y + height });

/** How much of a box the one that overlaps it most has in common with it. */
const most = (box: ReturnType<typeof corners>, faces: readonly Face[]): number =>
  Math.max(0, ...faces.map((face) => overlap(box, corners(face))));

describe.runIf(hasSharedData)('MTCNN', () => {
  it.each([2, 3])('gives for each of many boxes what OpenCV does for one: network %i', async (n) => {
    const { inputs, outputs } = readGolden(`mtcnn_det${n}__faces_1`);
    const { shape, data } = at(inputs, 0).tensor;
    const many = tensorOf('float32', [3, ...shape.slice(1)], [...data, ...data.map((v) => -v), ...data]);
    using session = await Session.create(stage(n), { gpu: device, inputShapes: { data: many.shape } });
    const results = await session.run({ data: many });
    for (const { name, tensor } of outputs) {
      const rows = results[name] ?? tensor;
      const columns = at(tensor.shape, 1);
      expect(rows.shape).toEqual([3, columns]);
      for (const row of [0, 2]) {
        const part = tensorOf('float32', [1, columns], [...rows.data.subarray(row * columns, (row + 1) * columns)]);
        expectClose(part, tensor, GOLDEN, name);
      }
    }
  });

  it('finds the faces of a photograph that are marked, and those that RFB-320 does', async () => {
    const picture = await photograph();
    using gpu = await load('webgpu');
    using other = await createFaceDetector(sharedModel('onnx/version-RFB-320.onnx'), { gpu: device });
    const faces = await gpu.detect(picture);
    const others = await other.detect(picture);
    const shares = others.map((face) => most(corners(face), faces));
    const marks = MARKED.map((mark) => most(markedBox(mark), faces));
    console.info(`${faces.length} faces; least IoU with ${others.length} of RFB-320: ${Math.min(...shares)}`);
    console.info(`${marks.filter((share) => share >= 0.5).length} of ${MARKED.length} marked`);
    expect(others.length).toBeGreaterThan(40);
    expect(Math.min(...shares)).toBeGreaterThan(0.5);
    expect(marks.filter((share) => share >= 0.5).length).toBeGreaterThanOrEqual(49);
  });

  if (FULL) {
    it('finds the same on the CPU', async () => {
      const picture = partOf(await photograph(), { x: 60, y: 60, width: 160, height: 120 });
      using gpu = await load('webgpu');
      using cpu = await load('cpu');
      const [faces, same] = [await gpu.detect(picture), await cpu.detect(picture)];
      expect(faces.length).toBeGreaterThan(4);
      expect(same.length).toBe(faces.length);
      expect(Math.min(...same.map((face) => most(corners(face), faces)))).toBeGreaterThan(0.95);
    });
  }

  it('says where eyes, nose and mouth are: a fifth of the distance of the eyes away at most', async () => {
    using detector = await load('webgpu');
    const faces = await detector.detect(await photograph());
    const away = MARKED.flatMap((mark) => {
      const face = faces.find((found) => overlap(markedBox(mark), corners(found)) >= 0.5);
      const { rightEye, leftEye } = mark.points ?? {};
      if (!face || !rightEye || !leftEye) return [];
      const unit = Math.hypot(rightEye[0] - leftEye[0], rightEye[1] - leftEye[1]);
      return Object.entries(mark.points ?? {}).map(([name, [x, y]]) => {
        const point = face.points.find((found) => found.name === NAMES[name as FacePoint]);
        return Math.hypot((point?.x ?? NaN) - x, (point?.y ?? NaN) - y) / unit;
      });
    });
    const inOrder = away.toSorted((a, b) => a - b);
    console.info(`${away.length} points: median ${at(inOrder, Math.floor(away.length / 2))}, most ${inOrder.at(-1)}`);
    expect(away.length).toBeGreaterThan(50);
    expect(at(inOrder, Math.floor(away.length / 2))).toBeLessThan(0.2);
  });
});
