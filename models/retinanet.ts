/**
 * RetinaNet (arXiv:1708.02002): a ResNet with a feature pyramid of five maps, and one head for all of them. Parameter names
 * are torchvision's.
 */
import type { Tensor } from '../src/core/tensor.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU } from '../src/ir/ops.ts';
import { gridAnchors, retinaSizes } from '../src/ir/priors/anchors.ts';
import { netOptions, type Feature } from './blocks.ts';
import { centerSize } from './detection.ts';
import { featurePyramid, type PyramidMap } from './fpn.ts';
import { MapNet, requireCounts, requirePositive, SIGMOID } from './maps.ts';
import { detectedRows, ONE_STAGE, type OneStageOptions } from './one-stage.ts';
import { resnetMaps, type ResnetDepth } from './resnet.ts';

/** Options of `retinanet`. */
export interface RetinanetOptions extends OneStageOptions {
  /** Of the ResNet; 18 by default. */
  readonly depth?: ResnetDepth;
  /** Multiplier of the ResNet's channels; 1 by default. */
  readonly width?: number;
  /** Channels of the pyramid and of the heads; 256 by default. */
  readonly channels?: number;
}

/** Heights over widths of anchors, of each of three sizes. */
const RATIOS = [0.5, 1, 2];
const ANCHORS = 9;
/** The first map, and how much smaller it is than the picture. */
const [FIRST_STRIDE, FIRST_SIZE] = [8, 32];
/** Convolutions of each head before its last. */
const LAYERS = 4;

/**
 * Builds a RetinaNet for 91 classes (by default) and pictures of 800 pixels: `scores`, float32 `[batch, rows, classes]`,
 * logits, and `boxes` `[batch, rows, 4]`, offsets from the anchors as R-CNN codes them; a row for each of nine anchors of each
 * pixel of the maps at an 8th to a 128th of the picture; or detections, labels the logits' columns from 0.
 * Throws InputError on a depth ResNet does not have, on channels that are no count, a width that is not positive, and on weights
 * that do not fit.
 */
export function retinanet(options: RetinanetOptions = {}): Graph {
  const rules = { ...ONE_STAGE, depth: 'number', width: 'number', channels: 'number' } as const;
  const given = { classes: 91, resolution: 800, ...netOptions('retinanet', options, rules) };
  const { depth = 18, width = 1, channels = 256, resolution } = given;
  requireCounts({ channels });
  requirePositive('width', width);
  const net = new MapNet(`retinanet_resnet${depth}_fpn`, given);
  const side = (stride: number): number => Math.ceil(resolution / stride);
  const body = resnetMaps(net, 'backbone.body.', depth, { width }).map((x, i) => ({ x, side: side(4 * 2 ** i) }));
  const fpn = featurePyramid(net, body.slice(1), 'backbone.fpn', channels);
  const maps = [...fpn.map(({ x }) => x), ...smaller(net, fpn.at(-1))];
  const boxes = head(net, maps, { name: 'head.regression_head', last: 'bbox_reg', columns: 4 });
  const scores = head(net, maps, { name: 'head.classification_head', last: 'cls_logits', columns: net.classes });
  if (given.detections === undefined) return net.outputs({ boxes: net.stack(boxes), scores: net.stack(scores) });
  const parts = boxes.map((codes, k) => ({
    boxes: codes,
    scores: net.activate(scores[k] ?? codes, SIGMOID),
    anchors: anchorsOf(resolution, k),
  }));
  const decode = centerSize([resolution, resolution], [1, 1, 1, 1]);
  return detectedRows(net, parts, { decode, before: 1000, score: 0.05, iou: 0.5 }, given);
}

/** Anchors of the map of this level, which are whole pixels apart. */
function anchorsOf(resolution: number, level: number): Tensor {
  const side = Math.ceil(resolution / (FIRST_STRIDE * 2 ** level));
  const stride = Math.floor(resolution / side);
  const sizes = retinaSizes(FIRST_SIZE * 2 ** level);
  return gridAnchors({ map: [side, side], stride: [stride, stride], ratios: RATIOS, sizes });
}

/** Two more maps, at a 64th and a 128th, of the pyramid's smallest. */
function smaller(net: MapNet, from: PyramidMap | undefined): Feature[] {
  if (!from) return [];
  const conv = { out: from.x.channels, kernel: 3, stride: 2, bias: true };
  const six = net.conv(from.x, { name: 'backbone.fpn.extra_blocks.p6', ...conv });
  return [six, net.conv(net.activate(six, RELU), { name: 'backbone.fpn.extra_blocks.p7', ...conv })];
}

interface Head {
  readonly name: string;
  readonly last: string;
  readonly columns: number;
}

/** The same convolutions over every map: rows of each. */
function head(net: MapNet, maps: readonly Feature[], { name, last, columns }: Head): Feature[] {
  const out = maps[0]?.channels ?? 0;
  return maps.map((map) => {
    let x = map;
    for (let i = 0; i < LAYERS; i++) {
      x = net.activate(net.conv(x, { name: `${name}.conv.${i}.0`, out, kernel: 3, bias: true }), RELU);
    }
    const spec = { name: `${name}.${last}`, out: ANCHORS * columns, kernel: 3, bias: true };
    return net.rows(net.conv(x, spec), columns);
  });
}
