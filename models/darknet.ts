/**
 * YOLO v2 tiny (arXiv:1612.08242) and v3 tiny (arXiv:1804.02767), as Darknet's tables have them. Parameter names are
 * `conv.N` and `norm.N`, N the layer in Darknet's numbering from 0.
 */
import type { Graph } from '../src/ir/graph.ts';
import { yoloAnchors } from '../src/ir/priors/cells.ts';
import { netOptions, type Feature } from './blocks.ts';
import { BoxNodes, PLAIN_DECODING } from '../src/heads/box-nodes.ts';
import { LEAKY, MapNet, requireMultiple, requirePositive, SIGMOID } from './maps.ts';
import { detectedRows, ONE_STAGE, type AnchoredRows, type OneStageOptions } from './one-stage.ts';

/** Options of `yoloV3Tiny`. */
export interface YoloV3TinyOptions extends OneStageOptions {
  /** Multiplier of all channels but the heads'; 1 by default. */
  readonly width?: number;
}

/** Options of `yoloV2Tiny`. */
export interface YoloV2TinyOptions extends YoloV3TinyOptions {
  /** The network of COCO (the default), or that of Pascal VOC, whose last 3×3 convolution is twice as wide. */
  readonly variant?: 'coco' | 'voc';
}

/** Darknet divides by the deviation plus about this. */
const EPSILON = 1e-5;
const STRIDE = 32;
/** Numbers of a box beside its classes: centre, extents, and whether there is an object. */
const BOX = 5;

/** Channels of the convolutions before a max pool each, of which the last keeps the map's extents. */
const BODY = [16, 32, 64, 128, 256, 512];

/**
 * Builds YOLO v2 tiny for pictures of 416 pixels, and 80 classes or, of VOC, 20: the raw `boxes`, float32 `[batch, side,
 * side, 5·(5 + classes)]` with side a 32nd of the resolution; each of five anchors has x, y, w, h, objectness and classes, not
 * yet put through anything; or detections, labels from 0. Throws InputError on a resolution that 32 does not divide, a width that is not positive, and
 * weights that do not fit.
 */
export function yoloV2Tiny(options: YoloV2TinyOptions = {}): Graph {
  const rules = { ...ONE_STAGE, width: 'number', variant: ['coco', 'voc'] } as const;
  const given = { resolution: 416, ...netOptions('yoloV2Tiny', options, rules) };
  const { variant = 'coco', width = 1, resolution } = given;
  const classes = variant === 'coco' ? 80 : 20;
  const net = started('yolo_v2_tiny', { classes, ...given });
  let { x } = body(net, width);
  x = layer(net, x, { index: 12, out: thin(1024, width) });
  x = layer(net, x, { index: 13, out: thin(variant === 'coco' ? 512 : 1024, width) });
  const boxes = head(net, x, 14, 5);
  if (given.detections === undefined) return net.outputs({ boxes });
  const anchors = { stride: STRIDE, sizes: V2_SIZES[variant].map(([w, h]) => [w * STRIDE, h * STRIDE] as const) };
  return detectedRows(net, [anchored(net, boxes, { ...anchors, resolution, joint: true })], READING, given);
}

/**
 * Builds YOLO v3 tiny for pictures of 416 pixels and 80 classes: the raw `boxes_32` and `boxes_16`, float32 `[batch, side,
 * side, 3·(5 + classes)]` at a 32nd and a 16th of the resolution, as `yoloV2Tiny` has them, of three anchors each; or detections. Throws
 * InputError as that does.
 */
export function yoloV3Tiny(options: YoloV3TinyOptions = {}): Graph {
  const rules = { ...ONE_STAGE, width: 'number' } as const;
  const given = { resolution: 416, ...netOptions('yoloV3Tiny', options, rules) };
  const { width = 1, resolution } = given;
  const net = started('yolo_v3_tiny', { classes: 80, ...given });
  const { x, early } = body(net, width);
  const wide = layer(net, x, { index: 12, out: thin(1024, width) });
  const deep = layer(net, wide, { index: 13, out: thin(256, width), kernel: 1 });
  const large = layer(net, deep, { index: 14, out: thin(512, width) });
  const narrow = layer(net, deep, { index: 18, out: thin(128, width), kernel: 1 });
  const joined = net.concat(net.resize(narrow, resolution / 16, 'nearest'), early);
  const small = layer(net, joined, { index: 21, out: thin(256, width) });
  const [boxes_32, boxes_16] = [head(net, large, 15, 3), head(net, small, 22, 3)];
  if (given.detections === undefined) return net.outputs({ boxes_32, boxes_16 });
  const parts = [
    anchored(net, boxes_32, { stride: 32, sizes: V3_SIZES.slice(3), resolution, joint: false }),
    anchored(net, boxes_16, { stride: 16, sizes: V3_SIZES.slice(0, 3), resolution, joint: false }),
  ];
  return detectedRows(net, parts, READING, given);
}

function started(
  name: string,
  options: YoloV3TinyOptions & { readonly classes: number; readonly resolution: number },
): MapNet {
  const { resolution, width = 1 } = options;
  requirePositive('width', width);
  requireMultiple(name, resolution, STRIDE);
  return new MapNet(name, options, EPSILON);
}

const thin = (channels: number, width: number): number => Math.max(1, Math.round(channels * width));

/** The map at a 32nd of the picture, and the one at a 16th before it is pooled. */
function body(net: MapNet, width: number): { readonly x: Feature; readonly early: Feature } {
  let x = net.input;
  let early = x;
  BODY.forEach((channels, i) => {
    const y = layer(net, x, { index: 2 * i, out: thin(channels, width) });
    if (i === BODY.length - 2) early = y;
    x = i === BODY.length - 1 ? net.poolInPlace(y) : net.pool(y, { kind: 'MaxPool', kernel: 2, stride: 2 });
  });
  return { x, early };
}

interface Layer {
  readonly index: number;
  readonly out: number;
  readonly kernel?: number; // 3
}

function layer(net: MapNet, x: Feature, { index, out, kernel = 3 }: Layer): Feature {
  return net.convNorm(x, { name: `conv.${index}`, out, kernel }, `norm.${index}`, LEAKY);
}

function head(net: MapNet, x: Feature, index: number, anchors: number): Feature {
  return net.conv(x, { name: `conv.${index}`, out: anchors * (BOX + net.classes), bias: true });
}

/** Widths and heights of v2's anchors in cells, of v3's in pixels. */
const V2_SIZES = {
  coco: [
    [0.57273, 0.677385],
    [1.87446, 2.06253],
    [3.33843, 5.47434],
    [7.88282, 3.52778],
    [9.77052, 9.16828],
  ],
  voc: [
    [1.08, 1.19],
    [3.42, 4.41],
    [6.63, 11.38],
    [9.42, 5.11],
    [16.62, 10.52],
  ],
} as const;
const V3_SIZES = [
  [10, 14],
  [23, 27],
  [37, 58],
  [81, 82],
  [135, 169],
  [344, 319],
] as const;

const READING = {
  decode: { ...PLAIN_DECODING, coding: 'sigmoidExp', anchorForm: 'centers', factors: [1, 1, 1, 1] },
  before: 1000,
  score: 0.5,
  iou: 0.45,
} as const;

interface MapReading {
  readonly stride: number;
  readonly sizes: readonly (readonly [width: number, height: number])[];
  readonly resolution: number;
  /** Classes have one softmax, not a sigmoid each. */
  readonly joint: boolean;
}

/** A map's rows: codes, and each class's probability times that of an object. */
function anchored(net: MapNet, map: Feature, { stride, sizes, resolution, joint }: MapReading): AnchoredRows {
  const nodes = new BoxNodes(net.builder);
  const rows = net.rows(map, BOX + net.classes);
  const part = (start: number, channels: number): Feature => ({
    name: nodes.columns(rows.name, start, start + channels, 2),
    channels,
  });
  const [object, classes] = [net.activate(part(BOX - 1, 1), SIGMOID), part(BOX, net.classes)];
  const scores = net.combine('mul', joint ? net.softmax(classes) : net.activate(classes, SIGMOID), object);
  const side = resolution / stride;
  return { boxes: part(0, BOX - 1), scores, anchors: yoloAnchors([side, side], stride, sizes) };
}
