/** Detectors of one stage: published sizes, names of parameters, and agreement with onnxruntime on seeded random weights. */
import { describe, expect, it } from 'vitest';
import { yoloV2Tiny, yoloV3Tiny } from '../../models/darknet.ts';
import { faceBoxes } from '../../models/faceboxes.ts';
import { retinanet } from '../../models/retinanet.ts';
import { ssdliteMobilenetV2, ssdMobilenetV1 } from '../../models/ssd.ts';
import { yoloV8n } from '../../models/yolo-v8.ts';
import { analyse } from '../../src/analysis/summary.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { inferShapes } from '../../src/passes/infer-shapes.ts';
import {
  describeSeeded,
  parametersOf,
  trainedElements,
  ZEROS,
  type SeededBuild,
  type SeededNetworks,
} from '../helpers/seeded-networks.ts';

const weights = ZEROS;
const parameters = (graph: Graph): number => analyse(inferShapes(graph)).parameters;
const billions = (graph: Graph): number => analyse(inferShapes(graph)).multiplyAdds / 1e9;

/** Elements that a file of weights holds, running means and variances among them. */
const elements = (build: SeededBuild): number =>
  [...parametersOf(build).values()].reduce((sum, { data }) => sum + data.length, 0);

const quick: SeededNetworks = [
  ['YOLO v8 nano', (w) => yoloV8n({ weights: w, width: 0.25, resolution: 32, classes: 3 })],
  ['SSD on MobileNet v1', (w) => ssdMobilenetV1({ weights: w, width: 1 / 16, resolution: 75, classes: 3 })],
];

/** Small ones of which the full run disturbs every weight. */
const small: SeededNetworks = [
  ['SSDLite on MobileNet v2', (w) => ssdliteMobilenetV2({ weights: w, width: 1 / 4, resolution: 75, classes: 3 })],
  ['YOLO v2 tiny', (w) => yoloV2Tiny({ weights: w, width: 1 / 8, resolution: 64, classes: 3 })],
  ['YOLO v3 tiny, batch 2', (w) => yoloV3Tiny({ weights: w, width: 1 / 8, resolution: 64, classes: 2, batch: 2 })],
  ['FaceBoxes', (w) => faceBoxes({ weights: w, resolution: 64 })],
  ['RetinaNet on ResNet-18', (w) => retinanet({ weights: w, width: 1 / 16, channels: 8, resolution: 40, classes: 3 })],
];

const slow: SeededNetworks = [
  ['YOLO v2 tiny of VOC', (w) => yoloV2Tiny({ weights: w, width: 1 / 4, resolution: 96, variant: 'voc' })],
  ['YOLO v8 nano, raw, batch 2', (w) => yoloV8n({ weights: w, resolution: 64, head: 'raw', batch: 2 })],
  ['FaceBoxes, odd extents, batch 2', (w) => faceBoxes({ weights: w, resolution: 147, batch: 2 })],
  [
    'RetinaNet on ResNet-50',
    (w) => retinanet({ weights: w, depth: 50, width: 1 / 4, channels: 16, resolution: 75, classes: 5 }),
  ],
];

describeSeeded(quick, small, slow);

describe('sizes', () => {
  // Bytes of the files on the author's pages, less their headers of 16 and 20; multiply-adds are half of Darknet's operations:
  // 5.41 and 6.97 billion for v2 (COCO, VOC), 5.56 for v3.
  it('of Darknet’s networks are those of its files', () => {
    expect(16 + 4 * elements((w) => yoloV2Tiny({ weights: w }))).toBe(44_948_596);
    expect(16 + 4 * elements((w) => yoloV2Tiny({ weights: w, variant: 'voc' }))).toBe(63_471_556);
    expect(20 + 4 * elements((w) => yoloV3Tiny({ weights: w }))).toBe(35_434_956);
    expect(2 * billions(yoloV2Tiny({ weights }))).toBeCloseTo(5.41, 1);
    expect(2 * billions(yoloV2Tiny({ weights, variant: 'voc' }))).toBeCloseTo(6.97, 1);
    expect(2 * billions(yoloV3Tiny({ weights }))).toBeCloseTo(5.56, 1);
  });

  // Ultralytics prints 3 157 200 parameters, the 16 fixed bins among them, and 8.9 billion operations, 8.7 when it is fused.
  it('of YOLO v8 nano are Ultralytics’', () => {
    expect(trainedElements(parametersOf((w) => yoloV8n({ weights: w })))).toBe(3_157_184);
    expect(2 * billions(yoloV8n({ weights, head: 'raw' }))).toBeCloseTo(8.7, 1);
  });

  // Table 13 of arXiv:1704.04861: 6.8 million parameters, 1.2 billion multiply-adds.
  it('of SSD on MobileNet v1 are the paper’s', () => {
    const graph = ssdMobilenetV1({ weights });
    expect(Math.round(parameters(graph) / 1e5) / 10).toBe(6.8);
    expect(Math.round(billions(graph) * 10) / 10).toBe(1.2);
    const described = inferShapes(graph);
    expect(described.values.get('boxes')?.shape).toEqual([1, 1917, 4]);
    expect(described.values.get('scores')?.shape).toEqual([1, 1917, 91]);
  });

  // OpenVINO's model zoo has 4.475 million of the trained network, whose normalisations are folded: their scales are 25 376.
  // Table 6 of arXiv:1801.04381: 0.8 billion multiply-adds at 320 pixels, and 4.3 million parameters, of heads of fewer classes.
  it('of SSDLite on MobileNet v2 are those of the trained network', () => {
    expect(parameters(ssdliteMobilenetV2({ weights }))).toBe(4_475_167 + 25_376);
    expect(Math.round(billions(ssdliteMobilenetV2({ weights, resolution: 320 })) * 10) / 10).toBe(0.8);
  });

  // torchvision states 34 014 999 for ResNet-50, whose batch normalisations it has frozen: 53 120 scales and offsets.
  it('of RetinaNet are torchvision’s', () => {
    expect(parameters(retinanet({ weights, depth: 50, resolution: 64 }))).toBe(34_014_999 + 53_120);
  });

  // The paper states none; those who compare with it print 1.01 million.
  it('of FaceBoxes are about a million', () => {
    expect(parameters(faceBoxes({ weights, resolution: 128 }))).toBe(1_007_330);
  });
});

const shapeOf = (build: SeededBuild, name: string): unknown => parametersOf(build).get(name)?.shape;
const yolo: SeededBuild = (w) => yoloV8n({ weights: w, resolution: 32 });
const retina: SeededBuild = (w) => retinanet({ weights: w, resolution: 32 });
const faces: SeededBuild = (w) => faceBoxes({ weights: w, resolution: 64 });
const ssd: SeededBuild = (w) => ssdMobilenetV1({ weights: w });
const lite: SeededBuild = (w) => ssdliteMobilenetV2({ weights: w });

describe('parameters', () => {
  it('are asked for by the names of the networks they are of', () => {
    expect(shapeOf(yolo, 'model.0.conv.weight')).toEqual([16, 3, 3, 3]);
    expect(shapeOf(yolo, 'model.4.m.1.cv2.conv.weight')).toEqual([32, 32, 3, 3]);
    expect(shapeOf(yolo, 'model.9.cv2.conv.weight')).toEqual([256, 512, 1, 1]);
    expect(shapeOf(yolo, 'model.12.cv1.conv.weight')).toEqual([128, 384, 1, 1]);
    expect(shapeOf(yolo, 'model.22.cv3.2.2.bias')).toEqual([80]);
    expect(shapeOf(retina, 'backbone.body.layer4.1.bn2.weight')).toEqual([512]);
    expect(shapeOf(retina, 'backbone.fpn.inner_blocks.0.0.weight')).toEqual([256, 128, 1, 1]);
    expect(shapeOf(retina, 'backbone.fpn.extra_blocks.p7.bias')).toEqual([256]);
    expect(shapeOf(retina, 'head.classification_head.conv.3.0.weight')).toEqual([256, 256, 3, 3]);
    expect(shapeOf(retina, 'head.classification_head.cls_logits.weight')).toEqual([819, 256, 3, 3]);
    expect(shapeOf(faces, 'inception3.branch3x3_reduce_2.conv.weight')).toEqual([24, 128, 1, 1]);
    expect(shapeOf(faces, 'loc.0.weight')).toEqual([84, 128, 3, 3]);
    expect(shapeOf(ssd, 'FeatureExtractor/MobilenetV1/Conv2d_13_pointwise_2_Conv2d_5_3x3_s2_128.weight')).toEqual([
      128, 64, 3, 3,
    ]);
    expect(shapeOf(ssd, 'BoxPredictor_0/ClassPredictor.bias')).toEqual([273]);
    expect(shapeOf(lite, 'FeatureExtractor/MobilenetV2/expanded_conv_13/expand.weight')).toEqual([576, 96, 1, 1]);
    expect(shapeOf(lite, 'FeatureExtractor/MobilenetV2/expanded_conv/project/BatchNorm.bias')).toEqual([16]);
    expect(shapeOf(lite, 'BoxPredictor_0/ClassPredictor_depthwise.weight')).toEqual([576, 1, 3, 3]);
  });

  it('of options out of range are refused', () => {
    expect(() => yoloV3Tiny({ resolution: 400 })).toThrow('resolution 400 is not a multiple of 32');
    expect(() => yoloV8n({ width: 0 })).toThrow('width 0 is not positive');
    expect(() => retinanet({ channels: 1.5 })).toThrow('channels 1.5 is not a count');
    expect(() => retinanet({ depth: 20 as never })).toThrow('depth 20; ResNet has');
    expect(() => ssdMobilenetV1({ width: -1 })).toThrow('width -1 is not positive');
  });
});
