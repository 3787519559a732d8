/**
 * R-FCN (Dai et al., arXiv:1605.06409): a detector of two stages that is convolutional to the end, each part of a box having maps of its
 * own for each class. Parameters of the ResNet and of the proposals have torchvision's names, the others those of the authors' Caffe.
 */
import { InputError } from '../src/core/errors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { RELU } from '../src/ir/ops.ts';
import { rcnnAnchors } from '../src/ir/priors/anchors.ts';
import { netOptions, type Feature, type NetOptions } from './blocks.ts';
import { addDetections, addProposals, type Proposals } from './detection.ts';
import { proposalLevel } from './faster-rcnn.ts';
import { MapNet, requireCounts, requirePositive } from './maps.ts';
import { resnetMaps, type ResnetDepth } from './resnet.ts';

/** Options of `rfcn`. */
export interface RfcnOptions extends NetOptions {
  /** Of the ResNet; 18 by default. */
  readonly depth?: ResnetDepth;
  /** Multiplier of the ResNet's channels; 1 by default. */
  readonly width?: number;
  /** Channels of the layer behind the ResNet; 1024 by default. */
  readonly channels?: number;
  /** Means of whole pixels as the authors have them, by default, or of samples between pixels. */
  readonly pooling?: 'pool' | 'align';
  /** Sides of anchors, in strides of 16 pixels; `[8, 16, 32]` by default. */
  readonly scales?: readonly number[];
  /** How many proposals there are; 300 by default. Twenty times as many are looked at. */
  readonly proposals?: number;
  /** How many detections a picture has at most; 100 by default. */
  readonly detections?: number;
  /** What the probability of a detection must be above; 0.05 by default. */
  readonly score?: number;
}

/** Pixels of the picture from one cell of the maps to the next. */
const STRIDE = 16;
/** Parts of a box along either side. */
const PARTS = 7;
/** Heights over widths of anchors. */
const RATIOS = [0.5, 1, 2];
/** Proposals that are looked at for each that is kept. */
const LOOKED_AT = 20;

/**
 * Builds an R-FCN for 21 classes (by default, the background among them) and pictures of 608 pixels: outputs as `fasterRcnn` has
 * them. Throws InputError on a depth ResNet does not have, on options that are no counts, a width that is not positive, no pictures,
 * and on weights that do not fit.
 */
export function rfcn(options: RfcnOptions = {}): Graph {
  const numbers = { depth: 'number', width: 'number', channels: 'number', score: 'number' } as const;
  const counts = { proposals: 'number', detections: 'number', scales: 'list' } as const;
  const given = netOptions('rfcn', options, { ...numbers, ...counts, pooling: ['pool', 'align'] });
  const { depth = 18, width = 1, channels = 1024, resolution = 608, score = 0.05, pooling = 'pool' } = given;
  const { proposals = 300, detections = 100, scales = [8, 16, 32] } = given;
  requireCounts({ channels, proposals, detections });
  requirePositive('width', width);
  const net = new MapNet(`rfcn_resnet${depth}`, { classes: 21, ...given, resolution });
  if (net.batch === 0) throw new InputError('batch 0; detections are those of a picture');
  const [, , third = net.input, last = net.input] = resnetMaps(net, 'backbone.', depth, { width, dilated: true });
  const side = Math.ceil(resolution / STRIDE);
  const anchors = rcnnAnchors({ map: [side, side], stride: [STRIDE, STRIDE], ratios: RATIOS, sizes: scales });
  const level = proposalLevel(net, third, anchors, RATIOS.length * scales.length);
  const picture = [resolution, resolution] as const;
  const limits = { picture, pictures: net.batch, before: LOOKED_AT * proposals, after: proposals };
  const boxes = addProposals(net.builder, [level], limits);
  const x = net.activate(net.conv(last, { name: 'conv_new_1', out: channels, bias: true }), RELU);
  const rois = numbered(net, boxes);
  const voted = (name: string, fields: number): string => {
    const maps = net.conv(x, { name, out: PARTS * PARTS * fields, bias: true });
    return vote(net, pooled(net, maps, rois, pooling));
  };
  const tiles = net.builder.ints('classes', [1, net.classes]);
  // Boxes are of no class: all have the same codes.
  const codes = net.builder.one('Tile', [voted('rfcn_bbox', 4), tiles], {});
  const head = { logits: voted('rfcn_cls', net.classes), codes, classes: net.classes };
  const chosen = { picture, times: net.batch, most: detections, iou: 0.3, score };
  return net.chosen(addDetections(net.builder, boxes, head, chosen));
}

/** `[K, 5]`: boxes behind the number of their picture. */
function numbered({ builder: b }: MapNet, { boxes, pictures }: Proposals): string {
  const numbers = b.one('Cast', [b.one('Unsqueeze', [pictures], { axes: [1] })], { to: 'float32' });
  return b.one('Concat', [numbers, boxes], { axis: 1 });
}

/** What of its own maps lies in each part of each box. */
function pooled({ builder: b }: MapNet, x: Feature, rois: string, pooling: 'pool' | 'align'): string {
  const bins = { outputHeight: PARTS, outputWidth: PARTS, spatialScale: 1 / STRIDE };
  if (pooling === 'pool') return b.one('PsRoiPool', [x.name, rois], { ...bins, ends: 'unscaled' });
  const groups = { groupHeight: PARTS, groupWidth: PARTS };
  const sampling = { samplingRatio: 2, gamma: 0, samples: 'aligned' } as const;
  return b.one('DeformRoiPool', [x.name, rois], { ...bins, ...groups, ...sampling });
}

/** All parts of a box have the same say. */
function vote({ builder: b }: MapNet, x: string): string {
  return b.one('Reduce', [x], { kind: 'mean', axes: [1, 2], keepDims: false });
}
