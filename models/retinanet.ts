/**
 * RetinaNet (arXiv:1708.02002): a ResNet with a feature pyramid of five maps, and one head for all of them. Parameter names
 * are torchvision's.
 */
import { InputError } from '../src/core/errors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU } from '../src/ir/ops.ts';
import { netOptions, type Feature, type NetOptions } from './blocks.ts';
import { featurePyramid, type PyramidMap } from './fpn.ts';
import { MapNet, requirePositive } from './maps.ts';
import { resnetMaps, type ResnetDepth } from './resnet.ts';

/** Options of `retinanet`. */
export interface RetinanetOptions extends NetOptions {
  /** Of the ResNet; 18 by default. */
  readonly depth?: ResnetDepth;
  /** Multiplier of the ResNet's channels; 1 by default. */
  readonly width?: number;
  /** Channels of the pyramid and of the heads; 256 by default. */
  readonly channels?: number;
}

/** Three sizes of three proportions. */
const ANCHORS = 9;
/** Convolutions of each head before its last. */
const LAYERS = 4;

/**
 * Builds a RetinaNet for 91 classes (by default) and pictures of 800 pixels: `scores`, float32 `[batch, rows, classes]`,
 * logits, and `boxes` `[batch, rows, 4]`, offsets from the anchors as R-CNN codes them; a row for each of nine anchors of each
 * pixel of the maps at an 8th to a 128th of the picture. Throws InputError on a depth ResNet does not have, on channels that are
 * no count, a width that is not positive, and on weights that do not fit.
 */
export function retinanet(options: RetinanetOptions = {}): Graph {
  const given = netOptions('retinanet', options, { depth: 'number', width: 'number', channels: 'number' });
  const { depth = 18, width = 1, channels = 256, resolution = 800 } = given;
  if (!Number.isSafeInteger(channels) || channels < 1) throw new InputError(`channels ${channels} is not a count`);
  requirePositive('width', width);
  const net = new MapNet(`retinanet_resnet${depth}_fpn`, { classes: 91, ...given, resolution });
  const side = (stride: number): number => Math.ceil(resolution / stride);
  const body = resnetMaps(net, 'backbone.body.', depth, width).map((x, i) => ({ x, side: side(4 * 2 ** i) }));
  const fpn = featurePyramid(net, body.slice(1), 'backbone.fpn', channels);
  const maps = [...fpn.map(({ x }) => x), ...smaller(net, fpn.at(-1))];
  return net.outputs({
    boxes: head(net, maps, { name: 'head.regression_head', last: 'bbox_reg', columns: 4 }),
    scores: head(net, maps, { name: 'head.classification_head', last: 'cls_logits', columns: net.classes }),
  });
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

/** The same convolutions over every map. */
function head(net: MapNet, maps: readonly Feature[], { name, last, columns }: Head): Feature {
  const out = maps[0]?.channels ?? 0;
  return net.stack(
    maps.map((map) => {
      let x = map;
      for (let i = 0; i < LAYERS; i++) {
        x = net.activate(net.conv(x, { name: `${name}.conv.${i}.0`, out, kernel: 3, bias: true }), RELU);
      }
      const spec = { name: `${name}.${last}`, out: ANCHORS * columns, kernel: 3, bias: true };
      return net.rows(net.conv(x, spec), columns);
    }),
  );
}
