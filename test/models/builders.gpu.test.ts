/** Segmenters, rows of detectors of one stage, and a ResNet of deformable convolutions on the GPU, with seeded random weights, against the reference. */
import '../helpers/every-operator.ts';
import { describe, expect, it } from 'vitest';
import { yoloV3Tiny } from '../../models/darknet.ts';
import { deeplabV3, deeplabV3Plus } from '../../models/deeplab.ts';
import { faceBoxes } from '../../models/faceboxes.ts';
import { fcn } from '../../models/fcn.ts';
import { deformableResnet } from '../../models/resnet.ts';
import { retinanet } from '../../models/retinanet.ts';
import { ssdliteMobilenetV2 } from '../../models/ssd.ts';
import { unet } from '../../models/unet.ts';
import { randomWeights, type WeightSource } from '../../models/weights.ts';
import { yoloV8n } from '../../models/yolo-v8.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { Session } from '../../src/session/session.ts';
import { expectClose } from '../helpers/close.ts';
import { referenceRun } from '../helpers/reference.ts';
import { deviation, peakOf, picturesFor } from '../helpers/seeded-networks.ts';

const weights = randomWeights(5);

/** Offsets of random weights reach beyond the maps: smaller ones stay on them. */
const near: WeightSource = {
  get: (name, shape) => {
    const t = weights.get(name, shape);
    return name.includes('conv_offset') ? { ...t, data: t.data.map((v) => v * 0.1) } : t;
  },
};

const networks: readonly (readonly [string, () => Graph])[] = [
  ['deformable ResNet-18', () => deformableResnet({ weights: near, width: 1 / 4, resolution: 64, classes: 7 })],
  [
    'deformable ResNet-50, odd extents, batch 2',
    () => deformableResnet({ weights: near, depth: 50, width: 1 / 8, resolution: 47, classes: 7, batch: 2 }),
  ],
  ['U-Net, odd extents', () => unet({ weights, width: 1 / 8, resolution: 39, classes: 3 })],
  ['U-Net, bilinear, batch 2', () => unet({ weights, width: 1 / 16, resolution: 23, growth: 'bilinear', batch: 2 })],
  ['FCN-8s', () => fcn({ weights, width: 1 / 16, resolution: 17, classes: 3 })],
  ['FCN-32s', () => fcn({ weights, width: 1 / 16, resolution: 40, stride: 32, classes: 5 })],
  ['DeepLab v3, stride 8', () => deeplabV3({ weights, width: 0.35, resolution: 65, outputStride: 8, classes: 5 })],
  ['DeepLab v3+, batch 2', () => deeplabV3Plus({ weights, width: 0.35, resolution: 65, classes: 5, batch: 2 })],
  ['YOLO v3 tiny, batch 2', () => yoloV3Tiny({ weights, width: 1 / 8, resolution: 64, classes: 2, batch: 2 })],
  ['YOLO v8 nano', () => yoloV8n({ weights, resolution: 64, batch: 2 })],
  ['FaceBoxes, odd extents, batch 2', () => faceBoxes({ weights, resolution: 147, batch: 2 })],
  [
    'SSDLite on MobileNet v2',
    () => ssdliteMobilenetV2({ weights, width: 1 / 4, resolution: 75, classes: 3, batch: 2 }),
  ],
  ['RetinaNet', () => retinanet({ weights, width: 1 / 8, channels: 16, resolution: 75, classes: 5, batch: 2 })],
];

describe('the GPU agrees with the reference on', () => {
  it.each(networks)('%s', async (_name, build) => {
    const graph = build();
    const feeds = picturesFor(graph);
    const reference = referenceRun(graph, feeds);
    const session = await Session.create(graph, { gpu: async () => (await openGpu()).adapter });
    try {
      const actual = await session.run(Object.fromEntries(feeds));
      for (const [name, wanted] of reference) {
        const own = actual[name];
        if (!own) throw new Error(`no ${name}`);
        // Rounding of float32 sums, relative to the largest element, through some fifty layers.
        expectClose(own, wanted, { rtol: 1e-4, atol: 2e-5 * peakOf(wanted) }, name);
        expect(deviation(wanted), name).toBeGreaterThan(1e-3);
      }
    } finally {
      session.dispose();
    }
  });
});
