/** The independent decoders, on what the reference runtimes give: what was marked by hand is found. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import {
  suppressed,
  blended,
  overlap,
  unletterboxed,
  unstretched,
  type DecodedBox,
  type Extents,
} from '../helpers/decoders/decoded-box.ts';
import { blazeAnchors, decodeBlaze, decodeSsd, decodeUltraLight, decodeYuNet } from '../helpers/decoders/faces.ts';
import {
  decodeFastestDet,
  decodeNanoDet,
  decodeTtfNet,
  decodeYoloV5,
  decodeYoloV8,
  decodeYoloX,
} from '../helpers/decoders/yolo.ts';
import { markedBox, markedPictures, type FacePoint } from '../helpers/marked-objects.ts';
import { hasSharedData, readGolden } from '../helpers/shared-data.ts';

const street = markedPictures['street.jpg'];
const faces = markedPictures['faces_1.jpg'];
const people = street.objects.filter(({ label, difficult }) => label === 'person' && !difficult);
const frisbees = street.objects.filter(({ label }) => label === 'frisbee');
const easyFaces = faces.objects.filter(({ difficult }) => !difficult);

/** Outputs by name. */
function goldenOutputs(name: string): (output: string | number) => Tensor {
  const { outputs } = readGolden(name);
  return (output) => {
    const found = typeof output === 'number' ? outputs[output] : outputs.find((o) => o.name === output);
    if (!found) throw new Error(`${name} has no output ${output}`);
    return found.tensor;
  };
}

const square = (side: number): Extents => ({ width: side, height: side });

/** How many of the marked objects a box of the class overlaps by half at least. */
function foundOf(marked: typeof people, boxes: readonly DecodedBox[], index: number): number {
  const own = boxes.filter((box) => box.index === index);
  return marked.filter((object) => own.some((box) => overlap(box, markedBox(object)) >= 0.5)).length;
}

describe.runIf(hasSharedData)('objects of the street', () => {
  it('FastestDet, whose frisbees are too faint', () => {
    const boxes = decodeFastestDet(goldenOutputs('FastestDet__street')('758'), square(352));
    const found = suppressed(unstretched(boxes, square(352), street), { threshold: 0.6, iou: 0.45 });
    expect(counts(found)).toEqual({ boxes: 4, people: 4, frisbees: 0 });
  });

  it('YOLOX-nano', () => {
    const boxes = decodeYoloX(goldenOutputs('yolox_nano__street')('output'), square(416));
    const found = suppressed(unstretched(boxes, square(416), street), { threshold: 0.4, iou: 0.45 });
    expect(counts(found)).toEqual({ boxes: 8, people: 4, frisbees: 4 });
  });

  it('NanoDet', () => {
    const output = goldenOutputs('nanodet_m__street');
    const levels = [8, 16, 32].map((stride, i) => ({ stride, scores: output(2 * i), distances: output(2 * i + 1) }));
    const boxes = decodeNanoDet(levels, square(320));
    const found = suppressed(unstretched(boxes, square(320), street), { threshold: 0.4, iou: 0.5 });
    expect(counts(found)).toEqual({ boxes: 8, people: 4, frisbees: 4 });
  });
});

describe.runIf(hasSharedData)('faces', () => {
  it('RFB-320', () => {
    const output = goldenOutputs('version-RFB-320__faces_1');
    const input = { width: 320, height: 240 };
    const boxes = decodeUltraLight(output('scores'), output('boxes'), input);
    const found = suppressed(unstretched(boxes, input, faces), { threshold: 0.7, iou: 0.3 });
    expect([found.length, foundOf(easyFaces, found, 0)]).toEqual([46, 46]);
  });

  it('YuNet', () => {
    const output = goldenOutputs('yunet_n_320_320__faces_1');
    const levels = [8, 16, 32].map((stride) => ({
      stride,
      cls: output(`cls_${stride}`),
      obj: output(`obj_${stride}`),
      bbox: output(`bbox_${stride}`),
      kps: output(`kps_${stride}`),
    }));
    const boxes = decodeYuNet(levels, square(320));
    const found = suppressed(unstretched(boxes, square(320), faces), { threshold: 0.6, iou: 0.3 });
    expect([found.length, foundOf(easyFaces, found, 0)]).toEqual([53, 51]);
    // Faces are some ten pixels wide in this input: a pixel and a half. Left taken for right would be more than a third.
    expect(pointErrors(found)).toBeLessThan(0.15);
  });
});

/** The mean distance of points from those that were marked, as a share of the face's width, over faces that were found. */
function pointErrors(boxes: readonly DecodedBox[]): number {
  const order: readonly FacePoint[] = ['rightEye', 'leftEye', 'nose', 'rightMouth', 'leftMouth'];
  const errors = easyFaces.flatMap((face) => {
    const box = boxes.find((b) => overlap(b, markedBox(face)) >= 0.5);
    return order.flatMap((name, k) => {
      const [own, marked] = [box?.points?.[k], face.points?.[name]];
      return own && marked ? [Math.hypot(own[0] - marked[0], own[1] - marked[1]) / face.box[2]] : [];
    });
  });
  return errors.reduce((a, b) => a + b, 0) / errors.length;
}

describe('by hand', () => {
  it('YOLOv8 and YOLOv5 have centres and sizes in pixels', () => {
    // Two boxes, two classes, one point; channels first.
    const pose = row([1, 9, 2], [10, 50, 20, 60, 4, 8, 6, 10, 0.25, 0.5, 0.75, 0.125, 9, 49, 19, 59, 1, 0]);
    expect(decodeYoloV8(pose, 1)).toEqual([
      { x1: 8, y1: 17, x2: 12, y2: 23, index: 1, score: 0.75, points: [[9, 19]] },
      { x1: 46, y1: 55, x2: 54, y2: 65, index: 0, score: 0.5, points: [[49, 59]] },
    ]);
    expect(decodeYoloV5(row([1, 1, 7], [10, 20, 4, 6, 0.5, 0.25, 0.75]))).toEqual([
      { x1: 8, y1: 17, x2: 12, y2: 23, index: 1, score: 0.375 },
    ]);
  });

  it('TTFNet has the peaks of each class, with their distances', () => {
    const scores = row([1, 2, 2, 2], [0.5, 0, 0.25, 0, 0, 0, 0, 0.75]);
    const distances = row([1, 2, 2, 4], [1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2]);
    expect(decodeTtfNet(scores, distances, 4, 2)).toEqual([
      { x1: 3, y1: 3, x2: 6, y2: 6, score: 0.75, index: 1 },
      { x1: -1, y1: -2, x2: 3, y2: 4, score: 0.5, index: 0 },
    ]);
  });

  it('anchors are as many as the published models have', () => {
    const counts = [
      blazeAnchors(128, [8, 16, 16, 16]),
      blazeAnchors(192, [4], 1),
      blazeAnchors(192, [8, 16, 16, 16]),
      blazeAnchors(224, [8, 16, 32, 32, 32]),
      blazeAnchors(256, [16, 32, 32, 32]),
    ].map(({ length }) => length);
    expect(counts).toEqual([896, 2304, 2016, 2254, 896]);
    expect(blazeAnchors(128, [8, 16, 16, 16]).slice(1, 3)).toEqual([
      [1 / 32, 1 / 32],
      [3 / 32, 1 / 32],
    ]);
  });

  it('BlazeFace counts from its anchors, and averages what overlaps', () => {
    const anchors = [[0.25, 0.25] as const, [0.25, 0.5] as const];
    const rows = row([1, 2, 6], [0, 0, 8, 8, 1, -1, 0, -2, 8, 8, 1, -3]);
    const boxes = decodeBlaze([row([1, 2, 1], [0, -200])], [rows], anchors, 8);
    expect(boxes[0]).toEqual({ x1: -2, y1: -2, x2: 6, y2: 6, score: 0.5, index: 0, points: [[3, 1]] });
    expect(boxes[1]).toMatchObject({ x1: -2, y1: -2, x2: 6, y2: 6, points: [[3, 1]] });
    expect(boxes[1]?.score).toBe(1 / (1 + Math.exp(100)));
    const two = [box(0, 0, 10, 10, 0.75), box(2, 0, 12, 10, 0.25), box(50, 0, 60, 10, 0.5)];
    expect(blended(two, { threshold: 0.1, iou: 0.3 })).toEqual([box(0.5, 0, 10.5, 10, 0.75), box(50, 0, 60, 10, 0.5)]);
    expect(suppressed(two, { threshold: 0.5, iou: 0.3 })).toEqual([two[0], two[2]]);
  });

  it('SSDs have shares, top before left', () => {
    const found = decodeSsd(
      row([1, 2, 4], [0.25, 0.5, 0.5, 1, 0, 0, 0, 0]),
      row([1, 2], [17, 0]),
      row([1, 2], [0.5, 0]),
      { width: 8, height: 4 },
      1,
    );
    expect(found).toEqual([{ x1: 4, y1: 1, x2: 8, y2: 2, score: 0.5, index: 17 }]);
  });

  it('borders are left out of the picture', () => {
    const input = { width: 100, height: 100 };
    const picture = { width: 200, height: 100 };
    expect(unletterboxed([box(10, 30, 20, 40)], input, picture)).toEqual([box(20, 10, 40, 30)]);
    expect(unletterboxed([box(10, 30, 20, 40)], input, picture, 'corner')).toEqual([box(20, 60, 40, 80)]);
  });
});

function box(x1: number, y1: number, x2: number, y2: number, score = 1): DecodedBox {
  return { x1, y1, x2, y2, score, index: 0 };
}

function row(shape: readonly number[], values: readonly number[]): Tensor {
  return tensorOf('float32', shape, values);
}

/** How many boxes there are, and how many of the marked objects they show. */
function counts(boxes: readonly DecodedBox[]): object {
  return {
    boxes: boxes.length,
    people: foundOf(people, boxes, 0),
    frisbees: foundOf(frisbees, boxes, 29),
  };
}
