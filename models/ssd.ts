/**
 * SSD (arXiv:1512.02325) on MobileNet v1 (arXiv:1704.04861, table 13), and SSDLite on v2, as TensorFlow's detection models have it. Names of
 * layers are TensorFlow's scopes, their parts PyTorch's.
 */
import { tensorOf, type Tensor } from '../src/core/tensor.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU6 } from '../src/ir/ops.ts';
import { ssdAnchors } from '../src/ir/priors/ssd.ts';
import { makeDivisible, netOptions, type ConvSpec, type Feature } from './blocks.ts';
import { PLAIN_DECODING } from '../src/heads/box-nodes.ts';
import { MOBILENET_V1_BLOCKS } from './mobilenet-v1.ts';
import { mobilenetV2Maps, type BottleneckNames } from './mobilenet-v2.ts';
import { MapNet, requirePositive, SIGMOID } from './maps.ts';
import { detectedRows, ONE_STAGE, type OneStageOptions } from './one-stage.ts';

/** Options of `ssdMobilenetV1` and `ssdliteMobilenetV2`. */
export interface SsdMobilenetOptions extends OneStageOptions {
  /** Multiplier of all channels but the heads'; 1 by default. */
  readonly width?: number;
}

/** The blocks of MobileNet v1 and v2 whose maps are the first that boxes are found on, of v2 at its widest; the last one's is the second. */
const [FIRST_OF_V1, FIRST_OF_V2] = [11, 14];
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
export function ssdMobilenetV1(options: SsdMobilenetOptions = {}): Graph {
  const given = checked('ssdMobilenetV1', options);
  const net = new MapNet('ssd_mobilenet_v1', given, EPSILON);
  const { thin } = given;
  const scope = 'FeatureExtractor/MobilenetV1';
  let x = layer(net, net.input, { name: `${scope}/Conv2d_0`, out: thin(32), kernel: 3, stride: 2 });
  const maps: Feature[] = [];
  MOBILENET_V1_BLOCKS.forEach(([channels, stride], i) => {
    const name = `${scope}/Conv2d_${i + 1}`;
    x = separable(net, x, { depthwise: `${name}_depthwise`, name: `${name}_pointwise`, out: thin(channels), stride });
    if (i + 1 === FIRST_OF_V1 || i + 1 === MOBILENET_V1_BLOCKS.length) maps.push(x);
  });
  const smaller = shrunk(net, x, `${scope}/Conv2d_13_pointwise`, thin, (from, name, out) =>
    layer(net, from, { name, out, kernel: 3, stride: 2 }),
  );
  return finished(net, [...maps, ...smaller], given, (map) => map);
}

/**
 * Builds SSDLite on MobileNet v2 (arXiv:1801.04381, section 6.2) for pictures of 300 pixels and 91 classes, whose outputs are those
 * of `ssdMobilenetV1`: convolutions of heads and of smaller maps are separable. Throws InputError as that does.
 */
export function ssdliteMobilenetV2(options: SsdMobilenetOptions = {}): Graph {
  const given = checked('ssdliteMobilenetV2', options);
  const net = new MapNet('ssdlite_mobilenet_v2', given, EPSILON);
  const { thin, width = 1 } = given;
  const scope = 'FeatureExtractor/MobilenetV2';
  const body = mobilenetV2Maps(net, scopedNames(scope), width);
  const out = makeDivisible(1280 * Math.max(1, width));
  const last = layer(net, body.at(-1) ?? net.input, { name: `${scope}/Conv_1`, out });
  const smaller = shrunk(net, last, `${scope}/layer_19`, thin, (from, name, channels) =>
    separable(net, from, { depthwise: `${name}_depthwise`, name, out: channels, stride: 2 }),
  );
  const maps = [body[FIRST_OF_V2]?.expanded ?? last, last, ...smaller];
  return finished(net, maps, given, (map, name) => depthwise(net, map, `${name}_depthwise`, 1));
}

/** TensorFlow's scopes of bottlenecks. */
function scopedNames(scope: string): BottleneckNames {
  const of: BottleneckNames['of'] = (block, part) => {
    const place = block > 1 ? `expanded_conv_${block - 1}` : 'expanded_conv';
    const name = block === 0 ? `${scope}/Conv` : `${scope}/${place}/${part}`;
    return [name, `${name}/BatchNorm`];
  };
  return { of, pad: 'same' };
}

interface Given extends SsdMobilenetOptions {
  readonly classes: number;
  readonly resolution: number;
  readonly thin: (channels: number) => number;
}

function checked(builder: string, options: SsdMobilenetOptions): Given {
  const own = netOptions(builder, options, { ...ONE_STAGE, width: 'number' });
  const { width = 1 } = own;
  requirePositive('width', width);
  const thin = (channels: number): number => Math.max(8, Math.floor(channels * width));
  return { classes: 91, resolution: 300, ...own, thin };
}

/** The four smaller maps. */
function shrunk(
  net: MapNet,
  from: Feature,
  scope: string,
  thin: (channels: number) => number,
  halved: (x: Feature, name: string, out: number) => Feature,
): Feature[] {
  let x = from;
  return EXTRA.map((channels, i) => {
    const narrow = { name: `${scope}_1_Conv2d_${i + 2}_1x1_${channels / 2}`, out: thin(channels / 2) };
    x = halved(layer(net, x, narrow), `${scope}_2_Conv2d_${i + 2}_3x3_s2_${channels}`, thin(channels));
    return x;
  });
}

/** Rows of all maps, or what is detected of them: each class has a sigmoid of its own. `seen` comes before a head's convolution. */
function finished(
  net: MapNet,
  maps: readonly Feature[],
  options: Given,
  seen: (map: Feature, name: string) => Feature,
): Graph {
  const rows = (predictor: string, columns: number): Feature =>
    net.stack(
      maps.map((map, i) => {
        const name = `BoxPredictor_${i}/${predictor}`;
        const conv = { name, out: (ANCHORS[i] ?? 0) * columns, bias: true };
        return net.rows(net.conv(seen(map, name), conv), columns);
      }),
    );
  const [boxes, scores] = [rows('BoxEncodingPredictor', 4), rows('ClassPredictor', net.classes)];
  if (options.detections === undefined) return net.outputs({ boxes, scores });
  const parts = [{ boxes, scores: net.activate(scores, SIGMOID), anchors: anchorsOf(options.resolution) }];
  return detectedRows(net, parts, READING, options);
}

const READING = {
  decode: { ...PLAIN_DECODING, coding: 'centerSize', anchorForm: 'centers', factors: [0.1, 0.1, 0.2, 0.2] },
  background: true,
  rowsFirst: true,
  before: 1000,
  score: 1e-8,
  iou: 0.6,
} as const;

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

function depthwise(net: MapNet, x: Feature, name: string, stride: number): Feature {
  return layer(net, x, { name, out: x.channels, kernel: 3, stride, group: x.channels });
}

interface Separable {
  /** Names of the two convolutions. */
  readonly depthwise: string;
  readonly name: string;
  readonly out: number;
  readonly stride: number;
}

function separable(net: MapNet, x: Feature, { depthwise: first, name, out, stride }: Separable): Feature {
  return layer(net, depthwise(net, x, first, stride), { name, out });
}
