/** Detectors of faces with real weights: what an independent decoder reads in onnxruntime's outputs, and the faces that were marked. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { decodeImage } from '../../src/node/image.ts';
import { createFaceDetector, type FaceDetector } from '../../src/tasks/face-detector.ts';
import { at } from '../../src/util/arrays.ts';
import type { Pixels } from '../../src/vision/pixels.ts';
import { preprocess } from '../../src/vision/preprocess.ts';
import { overlap, suppressed, unstretched, type DecodedBox, type Extents } from '../helpers/decoders/decoded-box.ts';
import { decodeUltraLight, decodeYuNet } from '../helpers/decoders/faces.ts';
import { markedBox, markedPictures } from '../helpers/marked-objects.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { hasSharedData, sharedModel, sharedPath } from '../helpers/shared-data.ts';

const gpu = async (): Promise<GPUAdapter> => (await openGpu()).adapter;
const LIMITS = { threshold: 0.5, iou: 0.3 };
const MARKED = markedPictures['faces_1.jpg'].objects.filter(({ difficult }) => !difficult);

type Corners = Pick<DecodedBox, 'x1' | 'y1' | 'x2' | 'y2'>;

async function facesIn(detector: FaceDetector, picture: Pixels) {
  const found = await detector.detect(picture, LIMITS);
  return found.map(({ x, y, width, height, ...face }) => ({ x1: x, y1: y, x2: x + width, y2: y + height, ...face }));
}

/** How many marked faces a box overlaps by half, and how many boxes overlap none by a third. */
function againstMarks(found: readonly Corners[]): readonly [seen: number, others: number] {
  const most = (box: Corners, of: readonly Corners[]): number => Math.max(0, ...of.map((other) => overlap(box, other)));
  const marks = MARKED.map(markedBox);
  const all = markedPictures['faces_1.jpg'].objects.map(markedBox);
  return [
    marks.filter((mark) => most(mark, found) >= 0.5).length,
    found.filter((box) => most(box, all) < 1 / 3).length,
  ];
}

/** The reference runtime's outputs for the picture as the detector feeds it. */
async function reference({ preprocessing, session }: FaceDetector, bytes: Uint8Array, picture: Pixels) {
  const outputs = await ortRun(bytes, new Map([[at(session.inputs, 0).name, preprocess(picture, preprocessing)]]));
  return (name: string): Tensor => outputs.get(name) ?? tensorOf('float32', [0], []);
}

function inside(v: number, extent: number): number {
  return Math.min(extent, Math.max(0, v));
}

async function photograph(): Promise<Pixels> {
  return decodeImage(readFileSync(sharedPath('images/faces_1.jpg')), 'faces_1.jpg');
}

/** One for one, best first; boxes cut at the picture's border. */
function expectSame(found: readonly (Corners & { score: number })[], boxes: readonly DecodedBox[], of: Extents): void {
  const wanted = suppressed(boxes, LIMITS);
  expect(found.length).toBe(wanted.length);
  const overlaps = found.map((face, i) => {
    const { x1, y1, x2, y2 } = at(wanted, i);
    const [left, right] = [inside(x1, of.width), inside(x2, of.width)];
    return overlap(face, { x1: left, y1: inside(y1, of.height), x2: right, y2: inside(y2, of.height) });
  });
  const apart = found.map(({ score }, i) => Math.abs(score - at(wanted, i).score));
  console.info(`${found.length} faces: IoU ≥ ${Math.min(...overlaps)}, scores within ${Math.max(...apart)}`);
  expect(Math.min(...overlaps)).toBeGreaterThanOrEqual(0.95);
  expect(Math.max(...apart)).toBeLessThan(0.01);
}

describe.runIf(hasSharedData)('on the faces of a photograph', () => {
  it('RFB-320 finds what onnxruntime’s outputs hold, and the marked ones', async () => {
    const picture = await photograph();
    const { main, read: beside } = sharedModel('onnx/version-RFB-320.onnx');
    using detector = await createFaceDetector({ main, read: beside }, { gpu });
    const found = await facesIn(detector, picture);
    const output = await reference(detector, main.bytes, picture);
    const input = { width: 320, height: 240 };
    expectSame(found, unstretched(decodeUltraLight(output('scores'), output('boxes'), input), input, picture), picture);
    console.info(`marked and others: ${againstMarks(found).join(', ')} of ${MARKED.length}`);
    expect(againstMarks(found)[0]).toBeGreaterThanOrEqual(49);
  });

  it('YuNet does', async () => {
    const picture = await photograph();
    const { main, read: beside } = sharedModel('onnx/yunet_n_320_320.onnx');
    // Without a border there is no question where it begins.
    using detector = await createFaceDetector({ main, read: beside }, { gpu, preprocessing: { fit: 'stretch' } });
    expect(detector.binding?.decode).toBe('yunet');
    const found = await facesIn(detector, picture);
    const output = await reference(detector, main.bytes, picture);
    const input = { width: 320, height: 320 };
    const levels = [8, 16, 32].map((stride) => ({
      stride,
      cls: output(`cls_${stride}`),
      obj: output(`obj_${stride}`),
      bbox: output(`bbox_${stride}`),
      kps: output(`kps_${stride}`),
    }));
    expectSame(found, unstretched(decodeYuNet(levels, input), input, picture), picture);
    console.info(`marked and others: ${againstMarks(found).join(', ')} of ${MARKED.length}`);
    expect(againstMarks(found)[0]).toBeGreaterThanOrEqual(49);
  });
});
