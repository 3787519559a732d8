/** Every parameter of detectors and segmenters, by name and shape, against tables that are written from the published networks' own files. */
import '../helpers/every-operator.ts';
import { describe, expect, it } from 'vitest';
import { yoloV2Tiny, yoloV3Tiny } from '../../models/darknet.ts';
import { deeplabV3, deeplabV3Plus } from '../../models/deeplab.ts';
import { faceBoxes } from '../../models/faceboxes.ts';
import { fasterRcnn, fastRcnn, maskRcnn } from '../../models/faster-rcnn.ts';
import { fcn } from '../../models/fcn.ts';
import { retinanet } from '../../models/retinanet.ts';
import { deformableResnet } from '../../models/resnet.ts';
import { rfcn } from '../../models/rfcn.ts';
import { ssdliteMobilenetV2, ssdMobilenetV1 } from '../../models/ssd.ts';
import { unet } from '../../models/unet.ts';
import { yoloV8n } from '../../models/yolo-v8.ts';
import { zeros } from '../../src/core/tensor.ts';
import type { SeededBuild } from '../helpers/seeded-networks.ts';
import {
  darknetRows,
  faceBoxesRows,
  ssdliteMobilenetV2Rows,
  ssdMobilenetV1Rows,
  yoloV8nRows,
} from './tables/one-stage.ts';
import { biased, elements, linear, type Row } from './tables/rows.ts';
import { deeplabV3PlusRows, deeplabV3Rows, fcnRows, unetRows } from './tables/segmenters.ts';
import {
  fasterRcnnRows,
  fastRcnnRows,
  maskRcnnRows,
  proposalRows,
  resnetBody,
  retinanetRows,
} from './tables/torchvision.ts';

/** A line for each parameter, sorted. */
const lines = (rows: readonly Row[]): string[] => rows.map(([name, shape]) => `${name} ${shape.join('×')}`).sort();

/** What a builder asks for, of which nothing is kept. */
function asked(build: SeededBuild): Row[] {
  const rows: Row[] = [];
  build({
    get: (name, shape) => {
      rows.push([name, shape]);
      return zeros('float32', shape);
    },
  });
  return rows;
}

const small = { resolution: 64, proposals: 10 } as const;

const networks: readonly (readonly [name: string, rows: Row[], build: SeededBuild])[] = [
  ['RetinaNet on ResNet-18', retinanetRows(18), (weights) => retinanet({ weights, resolution: 64 })],
  ['RetinaNet on ResNet-50', retinanetRows(50), (weights) => retinanet({ weights, resolution: 64, depth: 50 })],
  ['Fast R-CNN on ResNet-18', fastRcnnRows(18), (weights) => fastRcnn({ weights, ...small })],
  ['Faster R-CNN on ResNet-50', fasterRcnnRows(50), (weights) => fasterRcnn({ weights, ...small, depth: 50 })],
  ['Mask R-CNN on ResNet-18', maskRcnnRows(18), (weights) => maskRcnn({ weights, ...small })],
  ['Mask R-CNN on ResNet-50', maskRcnnRows(50), (weights) => maskRcnn({ weights, ...small, depth: 50 })],
  [
    'R-FCN on ResNet-50',
    // The layers behind the ResNet of test_agnostic.prototxt (YuwenXiong/py-R-FCN), for 21 classes.
    [
      ...resnetBody('backbone.', 50),
      ...proposalRows(1024, 9),
      ...biased('conv_new_1', 1024, 2048),
      ...biased('rfcn_cls', 21 * 49, 1024),
      ...biased('rfcn_bbox', 4 * 49, 1024),
    ],
    (weights) => rfcn({ weights, ...small, depth: 50 }),
  ],
  [
    'a deformable ResNet-50',
    [
      ...resnetBody('', 50),
      ...linear('fc', 1000, 2048),
      // mmcv's `ModulatedDeformConv2dPack`: two offsets and a mask of nine taps.
      ...[4, 6, 3].flatMap((count, stage) =>
        Array.from({ length: count }, (_, i) =>
          biased(`layer${stage + 2}.${i}.conv2.conv_offset`, 27, 128 * 2 ** stage, 3),
        ).flat(),
      ),
    ],
    (weights) => deformableResnet({ weights, depth: 50, resolution: 64 }),
  ],
  ['YOLO v2 tiny', darknetRows('v2'), (weights) => yoloV2Tiny({ weights })],
  ['YOLO v2 tiny of VOC', darknetRows('voc'), (weights) => yoloV2Tiny({ weights, variant: 'voc' })],
  ['YOLO v3 tiny', darknetRows('v3'), (weights) => yoloV3Tiny({ weights })],
  ['YOLO v8 nano', yoloV8nRows(), (weights) => yoloV8n({ weights })],
  ['FaceBoxes', faceBoxesRows(), (weights) => faceBoxes({ weights, resolution: 128 })],
  ['SSD on MobileNet v1', ssdMobilenetV1Rows(), (weights) => ssdMobilenetV1({ weights })],
  ['SSDLite on MobileNet v2', ssdliteMobilenetV2Rows(), (weights) => ssdliteMobilenetV2({ weights })],
  ['U-Net', unetRows(false), (weights) => unet({ weights, resolution: 16 })],
  ['U-Net, bilinear', unetRows(true), (weights) => unet({ weights, resolution: 16, growth: 'bilinear' })],
  ['FCN-8s', fcnRows(8, 1 / 4), (weights) => fcn({ weights, resolution: 1, width: 1 / 4 })],
  ['FCN-32s', fcnRows(32, 1 / 4), (weights) => fcn({ weights, resolution: 1, width: 1 / 4, stride: 32 })],
  ['DeepLab v3', deeplabV3Rows(), (weights) => deeplabV3({ weights, resolution: 65 })],
  ['DeepLab v3+', deeplabV3PlusRows(), (weights) => deeplabV3Plus({ weights, resolution: 65 })],
];

describe('every parameter', () => {
  it.each(networks)('of %s is the table’s', (_name, rows, build) => {
    expect(lines(asked(build))).toEqual(lines(rows));
  });
});

describe('the tables', () => {
  // torchvision's metadata of weights, less 53 120 scales and offsets of frozen normalisations, and what Ultralytics prints, less 16 bins.
  it('have as many parameters as their authors state', () => {
    expect(elements(retinanetRows(50), false)).toBe(34_014_999 + 53_120);
    expect(elements(fasterRcnnRows(50), false)).toBe(41_755_286 + 53_120);
    expect(elements(maskRcnnRows(50), false)).toBe(44_401_393 + 53_120);
    expect(elements(yoloV8nRows(), false)).toBe(3_157_200 - 16);
  });

  // Bytes of the files on the author's pages: pjreddie/darknet, issues 103 and 850. Newer files count pictures in four bytes more.
  it('fill Darknet’s files', () => {
    expect(20 + 4 * elements(darknetRows('v2'))).toBe(44_948_600);
    expect(20 + 4 * elements(darknetRows('voc'))).toBe(63_471_560);
    expect(20 + 4 * elements(darknetRows('v3'))).toBe(35_434_956);
  });
});
