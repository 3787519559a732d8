/**
 * SSD (arXiv:1512.02325) on MobileNet v1 (arXiv:1704.04861, table 13), as TensorFlow's detection models have it. Names of
 * layers are TensorFlow's scopes, their parts PyTorch's.
 */
import { tensorOf, type Tensor } from '../src/core/tensor.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU6 } from '../src/ir/ops.ts';
import { ssdAnchors } from '../src/ir/priors/ssd.ts';
import { netOptions, type ConvSpec, type Feature } from './blocks.ts';
import { PLAIN_DECODING } from './box-nodes.ts';
import { MOBILENET_V1_BLOCKS } from './mobilenet-v1.ts';
import { MapNet, requirePositive, SIGMOID } from './maps.ts';
import { detectedRows, ONE_STAGE, type OneStageOptions } from './one-stage.ts';

/** Options of `ssdMobilenetV1`. */
export interface SsdMobilenetV1Options extends OneStageOptions {
  /** Multiplier of all channels but the heads'; 1 by default. */
  readonly width?: number;
}

/** The block whose map is the first that boxes are found on; the last one's is the second. */
const FIRST = 11;
/** Channels of the four smaller maps, of twice as many as their 1×1 convolution has. */
const EXTRA = [512, 256, 256, 128];
const ANCHORS = [3, 6, 6, 6, 6, 6];
const EPSILON = 1e-3;

/**
 * Builds SSD on MobileNet v1 for pictures of 300 pixels and 91 classes (COCO's 90 and background): `scores`, float32
 * `[batch, rows, classes]`, logits, and `boxes` `[batch, rows, 4]`, offsets of y, x, height, width from the anchors; a row for each
 * anchor of each pixel of six maps, 1917 at 300 pixels; or detections, labels from 1. Throws InputError on a width that is not
 * positive, and on weights that do not fit.
 */
export function ssdMobilenetV1(options: SsdMobilenetV1Options = {}): Graph {
  const own = netOptions('ssdMobilenetV1', options, { ...ONE_STAGE, width: 'number' });
  const given = { classes: 91, resolution: 300, ...own };
  const { width = 1 } = given;
  requirePositive('width', width);
  const thin = (channels: number): number => Math.max(8, Math.floor(channels * width));
  const net = new MapNet('ssd_mobilenet_v1', given, EPSILON);
  const scope = 'FeatureExtractor/MobilenetV1';
  let x = layer(net, net.input, { name: `${scope}/Conv2d_0`, out: thin(32), kernel: 3, stride: 2 });
  const maps: Feature[] = [];
  MOBILENET_V1_BLOCKS.forEach(([channels, stride], i) => {
    const name = `${scope}/Conv2d_${i + 1}`;
    x = layer(net, x, { name: `${name}_depthwise`, out: x.channels, kernel: 3, stride, group: x.channels });
    x = layer(net, x, { name: `${name}_pointwise`, out: thin(channels) });
    if (i + 1 === FIRST || i + 1 === MOBILENET_V1_BLOCKS.length) maps.push(x);
  });
  EXTRA.forEach((channels, i) => {
    const [name, out] = [`${scope}/Conv2d_13`, thin(channels)];
    x = layer(net, x, { name: `${name}_1_Conv2d_${i + 2}_1x1_${channels / 2}`, out: thin(channels / 2) });
    x = layer(net, x, { name: `${name}_2_Conv2d_${i + 2}_3x3_s2_${channels}`, out, kernel: 3, stride: 2 });
    maps.push(x);
  });
  const rows = (predictor: string, columns: number): Feature =>
    net.stack(
      maps.map((map, i) => {
        const conv = { name: `BoxPredictor_${i}/${predictor}`, out: (ANCHORS[i] ?? 0) * columns, bias: true };
        return net.rows(net.conv(map, conv), columns);
      }),
    );
  return finished(net, rows('BoxEncodingPredictor', 4), rows('ClassPredictor', net.classes), given);
}

const READING = {
  decode: { ...PLAIN_DECODING, coding: 'centerSize', anchorForm: 'centers', factors: [0.1, 0.1, 0.2, 0.2] },
  background: true,
  rowsFirst: true,
  before: 1000,
  score: 1e-8,
  iou: 0.6,
} as const;

/** The rows, or what is detected of them: each class has a sigmoid of its own. */
function finished(
  net: MapNet,
  boxes: Feature,
  scores: Feature,
  options: OneStageOptions & { readonly resolution: number },
): Graph {
  if (options.detections === undefined) return net.outputs({ boxes, scores });
  const parts = [{ boxes, scores: net.activate(scores, SIGMOID), anchors: anchorsOf(options.resolution) }];
  return detectedRows(net, parts, READING, options);
}

/** Of six maps, the first a 16th of the picture. */
function anchorsOf(resolution: number): Tensor {
  const maps = ANCHORS.map((_, i) => Math.ceil(resolution / (16 * 2 ** i))).map((side) => [side, side] as const);
  const scales = { minScale: 0.2, maxScale: 0.95, aspectRatios: [1, 2, 1 / 2, 3, 1 / 3] };
  const { shape, data } = ssdAnchors({ maps, ...scales, reduceLowest: true });
  return tensorOf(
    'float32',
    shape,
    Array.from(data, (v) => v * resolution),
  );
}

function layer(net: MapNet, x: Feature, spec: ConvSpec): Feature {
  return net.convNorm(x, { ...spec, pad: 'same' }, `${spec.name}/BatchNorm`, RELU6);
}
