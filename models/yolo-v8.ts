/**
 * YOLO v8 nano (Ultralytics, 2023): no anchors; the distances to a box's edges are distributions (arXiv:2006.04388).
 * Parameter names are Ultralytics'.
 */
import { tensorOf } from '../src/core/tensor.ts';
import type { Graph } from '../src/ir/graph.ts';
import { NO_ACTIVATION } from '../src/ir/ops.ts';
import { cellAnchors } from '../src/ir/priors/cells.ts';
import { makeDivisible, netOptions, type Feature } from './blocks.ts';
import { PLAIN_DECODING } from '../src/heads/box-nodes.ts';
import { MapNet, requireMultiple, requirePositive, SIGMOID, SWISH } from './maps.ts';
import { detectedRows, ONE_STAGE, type AnchoredRows, type OneStageOptions } from './one-stage.ts';

/** Options of `yoloV8n`. */
export interface YoloV8nOptions extends OneStageOptions {
  /** Multiplier of all channels of the nano network; 1 by default. */
  readonly width?: number;
  /** What it gives: the head's own numbers, or the distances and probabilities they stand for (the default). */
  readonly head?: 'raw' | 'distances';
}

/** Bins of the distribution of a distance. */
const BINS = 16;
const STRIDES = [8, 16, 32];
const EPSILON = 1e-3;

/**
 * Builds YOLO v8 nano for 80 classes (by default) and pictures of 640 pixels. One row for each pixel of the maps at an
 * 8th, a 16th and a 32nd of the picture: `scores`, float32 `[batch, rows, classes]`, probabilities, and `boxes` `[batch, rows,
 * 4]`, distances from the pixel's centre to the left, upper, right and lower edge in strides of its map. The `raw` head gives
 * logits, and `[batch, rows, 64]` for 16 bins of each distance; or detections, labels from 0. Throws InputError on a resolution that 32 does not divide, a
 * width that is not positive, and weights that do not fit.
 */
export function yoloV8n(options: YoloV8nOptions = {}): Graph {
  const own = netOptions('yoloV8n', options, { ...ONE_STAGE, width: 'number', head: ['raw', 'distances'] });
  const given = { classes: 80, resolution: 640, ...own };
  const { width = 1, resolution, head = 'distances' } = given;
  requirePositive('width', width);
  requireMultiple('yoloV8n', resolution, 32);
  const net = new MapNet('yolo_v8n', given, EPSILON);
  const maps = neck(net, width, resolution);
  const parts = heads(net, maps);
  if (given.detections !== undefined) return detectedRows(net, anchored(net, parts, resolution), READING, given);
  const boxes = net.stack(parts.map((part) => part.boxes));
  const scores = net.stack(parts.map((part) => part.scores));
  if (head === 'raw') return net.outputs({ boxes, scores });
  return net.outputs({ boxes: expected(net, boxes), scores: net.activate(scores, SIGMOID) });
}

/** Backbone and path aggregation: the maps at an 8th, a 16th and a 32nd. */
function neck(net: MapNet, width: number, resolution: number): readonly Feature[] {
  const thin = (channels: number): number => makeDivisible(channels * width);
  const [c1, c2, c3, c4, c5] = [16, 32, 64, 128, 256].map(thin) as [number, number, number, number, number];
  const down = (x: Feature, index: number, out: number): Feature =>
    block(net, x, { name: `model.${index}`, out, kernel: 3, stride: 2 });
  const stage = (x: Feature, index: number, out: number, repeats: number, shortcut = true): Feature =>
    c2f(net, x, { name: `model.${index}`, out, repeats, shortcut });
  const quarter = stage(down(down(net.input, 0, c1), 1, c2), 2, c2, 1);
  const eighth = stage(down(quarter, 3, c3), 4, c3, 2);
  const sixteenth = stage(down(eighth, 5, c4), 6, c4, 2);
  const deep = pyramidPool(net, stage(down(sixteenth, 7, c5), 8, c5, 1), 'model.9', c5);
  const middle = stage(net.concat(net.resize(deep, resolution / 16, 'nearest'), sixteenth), 12, c4, 1, false);
  const fine = stage(net.concat(net.resize(middle, resolution / 8, 'nearest'), eighth), 15, c3, 1, false);
  const medium = stage(net.concat(down(fine, 16, c3), middle), 18, c4, 1, false);
  const coarse = stage(net.concat(down(medium, 19, c4), deep), 21, c5, 1, false);
  return [fine, medium, coarse];
}

interface Block {
  readonly name: string;
  readonly out: number;
  readonly kernel?: number; // 1
  readonly stride?: number; // 1
}

function block(net: MapNet, x: Feature, { name, ...conv }: Block): Feature {
  return net.convNorm(x, { name: `${name}.conv`, ...conv }, `${name}.bn`, SWISH);
}

interface Stage {
  readonly name: string;
  readonly out: number;
  readonly repeats: number;
  readonly shortcut: boolean;
}

/** Half of the channels goes through bottlenecks, and what each of them gives is kept. */
function c2f(net: MapNet, x: Feature, { name, out, repeats, shortcut }: Stage): Feature {
  const hidden = out / 2;
  const parts = [...net.halve(block(net, x, { name: `${name}.cv1`, out }))];
  for (let i = 0; i < repeats; i++) {
    const from = parts[parts.length - 1] ?? x;
    let y = block(net, from, { name: `${name}.m.${i}.cv1`, out: hidden, kernel: 3 });
    y = block(net, y, { name: `${name}.m.${i}.cv2`, out: hidden, kernel: 3 });
    parts.push(shortcut ? net.combine('add', from, y) : y);
  }
  return block(net, net.concat(...parts), { name: `${name}.cv2`, out });
}

/** Maxima over 5×5, 9×9 and 13×13 pixels, each of the one before. */
function pyramidPool(net: MapNet, x: Feature, name: string, out: number): Feature {
  const parts = [block(net, x, { name: `${name}.cv1`, out: out / 2 })];
  for (let i = 0; i < 3; i++) {
    const from = parts[i] ?? x;
    parts.push(net.pool(from, { kind: 'MaxPool', kernel: 5, stride: 1, pad: 2 }));
  }
  return block(net, net.concat(...parts), { name: `${name}.cv2`, out });
}

const READING = {
  decode: {
    ...PLAIN_DECODING,
    coding: 'distribution',
    bins: BINS,
    anchorForm: 'centers',
    factors: [1, 1, 1, 1],
  },
  before: 1000,
  score: 0.25,
  iou: 0.7,
} as const;

/** Probabilities and cells beside the rows of each map. */
function anchored(net: MapNet, parts: readonly HeadRows[], resolution: number): AnchoredRows[] {
  return parts.map(({ boxes, scores }, k) => {
    const stride = STRIDES[k] ?? 1;
    const side = resolution / stride;
    return { boxes, scores: net.activate(scores, SIGMOID), anchors: cellAnchors([side, side], stride, 0.5) };
  });
}

type HeadRows = Omit<AnchoredRows, 'anchors'>;

/** Rows of each map: bins of distances, and logits. */
function heads(net: MapNet, maps: readonly Feature[]): HeadRows[] {
  const first = maps[0]?.channels ?? 0;
  const widths = {
    cv2: Math.max(16, Math.floor(first / 4), 4 * BINS),
    cv3: Math.max(first, Math.min(net.classes, 100)),
  };
  const branch = (kind: 'cv2' | 'cv3', columns: number, i: number): Feature => {
    const name = `model.22.${kind}.${i}`;
    let y = block(net, maps[i] ?? net.input, { name: `${name}.0`, out: widths[kind], kernel: 3 });
    y = block(net, y, { name: `${name}.1`, out: widths[kind], kernel: 3 });
    return net.rows(net.conv(y, { name: `${name}.2`, out: columns, bias: true }), columns);
  };
  return STRIDES.map((_, i) => ({ boxes: branch('cv2', 4 * BINS, i), scores: branch('cv3', net.classes, i) }));
}

/** The mean of each distribution: `[N, rows, 64]` → `[N, rows, 4]`. Ultralytics' `dfl` is these bins, never trained. */
function expected(net: MapNet, boxes: Feature): Feature {
  const { builder } = net;
  const bins = builder.one('Reshape', [boxes.name, builder.ints('bins', [0, -1, 4, BINS])], { allowZero: false });
  const chances = net.softmax({ name: bins, channels: BINS });
  const positions = Array.from({ length: BINS }, (_, i) => i);
  const weights = builder.constant('dfl', tensorOf('float32', [BINS, 1], positions));
  const product = { transA: false, transB: false, activation: NO_ACTIVATION };
  const means = builder.one('MatMul', [chances.name, weights], product);
  return net.rows({ name: means, channels: 1 }, 4);
}
