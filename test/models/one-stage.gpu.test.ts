/** Final detections of detectors of one stage: reference, onnxruntime and GPU find the very same boxes, by margins that are looked at. */
import '../helpers/every-operator.ts';
import { describe, expect, it } from 'vitest';
import { yoloV2Tiny, yoloV3Tiny } from '../../models/darknet.ts';
import { faceBoxes } from '../../models/faceboxes.ts';
import { retinanet } from '../../models/retinanet.ts';
import { ssdliteMobilenetV2, ssdMobilenetV1 } from '../../models/ssd.ts';
import { randomWeights, type WeightSource } from '../../models/weights.ts';
import { yoloV8n } from '../../models/yolo-v8.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { expectSameObjects, foundOnGpu } from '../helpers/detections.ts';
import { FULL } from '../helpers/full.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { referenceRun } from '../helpers/reference.ts';
import { deviation, picturesFor, ZEROS } from '../helpers/seeded-networks.ts';
import { joinedRows, together } from '../helpers/several-pictures.ts';

/** Codes and logits of random weights are wild: those of these layers are so many times as large. */
function calm(seed: number, layers: RegExp, factor: number): WeightSource {
  const source = randomWeights(seed);
  return {
    get: (name, shape) => {
      const t = source.get(name, shape);
      return layers.test(name) ? { ...t, data: t.data.map((v) => v * factor) } : t;
    },
  };
}

/** Distances whose smaller bins are likelier: without, each box is the whole of a small picture. */
function near(source: WeightSource): WeightSource {
  return {
    get: (name, shape) => {
      const t = source.get(name, shape);
      return /cv2\.\d\.2\.bias/.test(name) ? { ...t, data: t.data.map((v, i) => v - 0.4 * (i % 16)) } : t;
    },
  };
}

interface Detector {
  readonly name: string;
  readonly build: (batch?: number) => Graph;
  /** How many are found, and of how many classes; thresholds are such that others are left out for a better one. */
  readonly found: readonly [boxes: number, classes: number];
}

const quick: readonly Detector[] = [
  {
    name: 'SSD on MobileNet v1',
    build: (batch = 1) => {
      const size = { batch, width: 1 / 16, resolution: 75, classes: 3 };
      return ssdMobilenetV1({ ...size, weights: calm(1, /Predictor/, 0.3), detections: 100, score: 0.52803 });
    },
    found: [17, 2],
  },
];

const slow: readonly Detector[] = [
  {
    name: 'SSDLite on MobileNet v2',
    build: (batch = 1) => {
      const size = { batch, width: 1 / 16, resolution: 75, classes: 3 };
      return ssdliteMobilenetV2({ ...size, weights: calm(1, /Predictor/, 1), detections: 100, score: 0.95094 });
    },
    found: [24, 2],
  },
  {
    name: 'RetinaNet on ResNet-18, of 21 the best 12',
    build: (batch = 1) => {
      const size = { batch, width: 1 / 16, channels: 8, resolution: 64, classes: 3 };
      const weights = calm(3, /bbox_reg|cls_logits/, 0.02);
      return retinanet({ ...size, weights, detections: 12, score: 0.60394 });
    },
    found: [12, 3],
  },
  {
    name: 'YOLO v2 tiny',
    build: (batch = 1) => {
      const size = { batch, width: 1 / 8, resolution: 96, classes: 3 };
      return yoloV2Tiny({ ...size, weights: calm(1, /conv\.14/, 0.1), detections: 100, score: 0.14237 });
    },
    found: [24, 3],
  },
  {
    name: 'YOLO v3 tiny',
    build: (batch = 1) => {
      const size = { batch, width: 1 / 8, resolution: 64, classes: 2 };
      return yoloV3Tiny({ ...size, weights: calm(3, /conv\.(15|22)/, 0.3), detections: 100, score: 0.22692 });
    },
    found: [24, 2],
  },
  {
    name: 'YOLO v8 nano',
    build: (batch = 1) => {
      const size = { batch, width: 0.25, resolution: 64, classes: 3 };
      const weights = near(calm(2, /cv[23]\.\d\.2/, 2));
      return yoloV8n({ ...size, weights, detections: 100, score: 0.52434, iou: 0.4 });
    },
    found: [25, 3],
  },
  {
    name: 'FaceBoxes',
    build: (batch = 1) =>
      faceBoxes({ batch, weights: calm(2, /loc|conf/, 0.1), resolution: 128, detections: 100, score: 0.6206 }),
    found: [25, 1],
  },
];

type Box = readonly number[];

function overlap([a = 0, b = 0, c = 0, d = 0]: Box, [e = 0, f = 0, g = 0, h = 0]: Box): number {
  const shared = Math.max(0, Math.min(c, g) - Math.max(a, e)) * Math.max(0, Math.min(d, h) - Math.max(b, f));
  return shared === 0 ? 0 : shared / ((c - a) * (d - b) + (g - e) * (h - f) - shared);
}

interface Margins {
  /** Of scores, from what decides about boxes: other scores, or the threshold. */
  readonly score: number;
  /** Of IoUs with boxes that are kept from the threshold. */
  readonly iou: number;
}

/** How near the choice of boxes is to another one, by what its suppression is given. */
function marginsOf(graph: Graph, feeds: ReadonlyMap<string, Tensor>): Margins {
  const chooser = graph.nodes.find(({ op }) => op === 'NonMaxSuppression');
  const [boxes = '', scores = '', , iou = '', least = ''] = chooser?.inputs ?? [];
  const given = referenceRun({ ...graph, outputs: [boxes, scores] }, feeds);
  const [threshold, low] = [iou, least].map((name) => graph.initializers.get(name)?.data[0] ?? NaN) as [number, number];
  const corners = given.get(boxes)?.data ?? [];
  const all = Array.from(given.get(scores)?.data ?? [], (score, i) => ({
    score,
    box: Array.from(corners.slice(4 * i, 4 * i + 4)),
  })).sort((p, q) => q.score - p.score);
  let [score, distance] = [Math.min(...all.map((one) => Math.abs(one.score - low))), Infinity];
  const kept: (typeof all)[number][] = [];
  for (const one of all.filter((candidate) => candidate.score > low)) {
    const shares = kept.map((k) => overlap(k.box, one.box));
    distance = Math.min(distance, ...shares.map((share) => Math.abs(share - threshold)));
    // What is close to a kept one must be apart from it in score, lest it were kept in its place; and so must be the next kept one.
    const rivals = kept.filter((_, k) => (shares[k] ?? 0) > threshold);
    score = Math.min(score, ...(rivals.length > 0 ? rivals : kept).map((k) => k.score - one.score));
    if (rivals.length === 0) kept.push(one);
  }
  return { score, iou: distance };
}

function expectMargins(graph: Graph, feeds: ReadonlyMap<string, Tensor>): void {
  const { score, iou } = marginsOf(graph, feeds);
  expect(score).toBeGreaterThan(1e-5);
  expect(iou).toBeGreaterThan(1e-4);
}

describe.each(FULL ? [...quick, ...slow] : quick)('$name', ({ build, found }) => {
  const graph = build();
  const feeds = picturesFor(graph);
  const reference = referenceRun(graph, feeds);

  it('finds boxes that are no near ties', () => {
    expect([...reference.keys()]).toEqual(['boxes', 'labels', 'scores']);
    const labels = reference.get('labels');
    expect([labels?.shape[0], new Set(labels?.data).size]).toEqual(found);
    for (const [name, output] of reference) {
      if (name !== 'labels') expect(deviation(output), name).toBeGreaterThan(1e-3);
    }
    expectMargins(graph, feeds);
  });

  it('finds the same as onnxruntime', async () => {
    const expected = await ortRun(toOnnx(graph), feeds);
    expectSameObjects(reference, expected);
  });

  it('finds the same on the GPU', async () => {
    expectSameObjects(await foundOnGpu(graph, feeds), reference);
  });

  it('finds of two pictures what it finds of each', async () => {
    const two = build(2);
    const alone = [15, 11].map((seed) => picturesFor(graph, seed));
    const both = new Map([['input', joinedRows(alone.map((feed) => feed.get('input')))]]);
    for (const feed of alone) expectMargins(graph, feed);
    const found = referenceRun(two, both);
    expect(new Set(found.get('pictures')?.data).size).toBe(2);
    expectSameObjects(found, together(alone.map((feed) => referenceRun(graph, feed))));
    if (!FULL) return;
    expectSameObjects(found, await ortRun(toOnnx(two), both));
    expectSameObjects(await foundOnGpu(two, both), found);
  });
});

/** Everything is equal without weights, and the first anchors come first: what they are follows from the papers' and authors' tables. */
const plain = { weights: ZEROS, iou: 1, score: 0 };
const first: readonly (readonly [string, Graph, readonly number[]])[] = [
  ['RetinaNet', retinanet({ ...plain, resolution: 32, channels: 8, classes: 1, detections: 2 }), [23, 11, 28, 14]],
  // About the middle of a cell, 8 of 64 pixels: a tenth of the picture; then a fifth, twice as wide as high.
  [
    'SSD',
    ssdMobilenetV1({ ...plain, width: 1 / 16, resolution: 64, classes: 2, detections: 2 }),
    [11.2, 11.2, 8 + 6.4 * Math.SQRT2, 8 + 3.2 * Math.SQRT2],
  ],
  ['YOLO v2', yoloV2Tiny({ ...plain, resolution: 64, classes: 1, detections: 1 }), [16 + 9.16368, 16 + 10.83816]],
  ['YOLO v3', yoloV3Tiny({ ...plain, resolution: 64, classes: 1, detections: 1 }), [16 + 40.5, 16 + 41]],
  ['YOLO v8', yoloV8n({ ...plain, resolution: 128, classes: 1, detections: 2 }), [64, 64, 72, 64]],
  ['FaceBoxes', faceBoxes({ ...plain, resolution: 64, detections: 2 }), [16, 16, 24, 16]],
];

describe('the first anchors', () => {
  it.each(first)('of %s', (_name, graph, corners) => {
    const boxes = referenceRun(graph, picturesFor(graph)).get('boxes');
    const last = Array.from(boxes?.data ?? []).filter((_, i) => i % 4 > 1);
    expect(last).toHaveLength(corners.length);
    // Float32 pixels.
    corners.forEach((v, i) => expect(last[i]).toBeCloseTo(v, 3));
  });
});

describe('detections', () => {
  it('are those of a picture, and of a class', () => {
    expect(() => ssdMobilenetV1({ weights: ZEROS, batch: 0, detections: 5 })).toThrow(
      'batch 0; detections are those of a picture',
    );
    expect(() => faceBoxes({ weights: ZEROS, resolution: 64, classes: 1, detections: 5 })).toThrow(
      '1 class; detections',
    );
    expect(() => yoloV8n({ detections: 0 })).toThrow('detections');
  });
});
