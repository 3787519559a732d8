/**
 * Detectors of two stages on a ResNet with a feature pyramid: Faster R-CNN (arXiv:1506.01497, 1612.03144), Fast R-CNN
 * (arXiv:1504.08083), to which proposals are fed, and Mask R-CNN (arXiv:1703.06870). Parameter names are torchvision's.
 */
import { InputError } from '../src/core/errors.ts';
import { tensorOf, type Tensor } from '../src/core/tensor.ts';
import { gridAnchors } from '../src/ir/priors/anchors.ts';
import type { Graph } from '../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../src/ir/ops.ts';
import { netOptions, type Feature, type NetOptions } from './blocks.ts';
import type { Detections } from '../src/heads/box-nodes.ts';
import { addDetections, addProposals, type ProposalLevel, type Proposals } from './detection.ts';
import { featurePyramid, type PyramidMap } from './fpn.ts';
import { MapNet, requireCounts, requirePositive, SIGMOID } from './maps.ts';
import { addPyramidRoiAlign, type PyramidLevel } from './pyramid-align.ts';
import { resnetMaps, type ResnetDepth } from './resnet.ts';

/** Options of `fasterRcnn`, `fastRcnn` and `maskRcnn`. */
export interface FasterRcnnOptions extends NetOptions {
  /** Of the ResNet; 18 by default. */
  readonly depth?: ResnetDepth;
  /** Multiplier of the ResNet's channels; 1 by default. */
  readonly width?: number;
  /** Channels of the pyramid and of the heads; 256 by default. */
  readonly channels?: number;
  /** Channels of the two layers behind the pooled maps; 1024 by default. */
  readonly hidden?: number;
  /** How many proposals there are, and how many are looked at of each map; 1000 by default. */
  readonly proposals?: number;
  /** How many detections a picture has at most; 100 by default. */
  readonly detections?: number;
  /** What the probability of a detection must be above; 0.05 by default. */
  readonly score?: number;
}

/** Pixels of a side of what is pooled for the box head, and for the mask head. */
const [BOX_SIDE, MASK_SIDE] = [7, 14];
/** Heights over widths of anchors, and their sizes on the first map. */
const [RATIOS, FIRST_SIZE] = [[0.5, 1, 2], 32];
/** Convolutions before the mask is enlarged. */
const MASK_LAYERS = 4;

/**
 * Builds a Faster R-CNN for 91 classes (by default, the background among them) and pictures of 800 pixels: `boxes`, float32 `[D, 4]`,
 * corners in pixels, `labels`, int64 `[D]`, and `scores`, float32 `[D]`, best first; D depends on the picture. Of several pictures those of
 * the first come first, and `pictures`, int64 `[D]`, says which each is of. Throws InputError on a depth ResNet does not have, on options
 * that are no counts, a width that is not positive, no pictures, and on weights that do not fit.
 */
export function fasterRcnn(options: FasterRcnnOptions = {}): Graph {
  const net = twoStage('fasterRcnn', options);
  return net.chosen(detect(net, propose(net)));
}

/** Builds a Fast R-CNN: as `fasterRcnn`, but proposals are a second input, `proposals`, float32 `[batch · proposals, 4]`, corners in pixels, as many of each picture. */
export function fastRcnn(options: FasterRcnnOptions = {}): Graph {
  const net = twoStage('fastRcnn', options);
  const { builder, batch } = net;
  const proposals = batch * net.proposals;
  const pictures = Array.from({ length: proposals }, (_, i) => Math.floor(i / net.proposals));
  const given = {
    boxes: builder.input('proposals', 'float32', [proposals, 4]),
    pictures: builder.constant('owners', tensorOf('int64', [proposals], pictures)),
    chosen: builder.constant(
      'chosen',
      tensorOf(
        'bool',
        [proposals],
        pictures.map(() => 1),
      ),
    ),
    count: proposals,
  };
  return net.chosen(detect(net, given));
}

/** Builds a Mask R-CNN: as `fasterRcnn`, and `masks`, float32 `[D, 28, 28]`, the probability of each cell of a box to be of its object. */
export function maskRcnn(options: FasterRcnnOptions = {}): Graph {
  const net = twoStage('maskRcnn', options);
  const found = detect(net, propose(net));
  return net.chosen(found, { masks: masksOf(net, found) });
}

/** A network with its pyramid. */
class TwoStageNet extends MapNet {
  readonly pyramid: readonly PyramidMap[];
  readonly levels: readonly PyramidLevel[];
  readonly picture: readonly [number, number];
  readonly hidden: number;
  readonly proposals: number;
  readonly detections: number;
  readonly score: number;

  constructor(name: string, options: FasterRcnnOptions) {
    const { depth = 18, width = 1, channels = 256, resolution = 800, score = 0.05 } = options;
    const { hidden = 1024, proposals = 1000, detections = 100 } = options;
    requireCounts({ channels, hidden, proposals, detections });
    requirePositive('width', width);
    super(`${name}_resnet${depth}_fpn`, { classes: 91, ...options, resolution });
    if (this.batch === 0) throw new InputError('batch 0; detections are those of a picture');
    const body = resnetMaps(this, 'backbone.body.', depth, { width });
    const sized = body.map((x, i) => ({ x, side: Math.ceil(resolution / (4 * 2 ** i)) }));
    this.pyramid = featurePyramid(this, sized, 'backbone.fpn', channels);
    this.levels = this.pyramid.map(({ x }, i) => ({ map: x.name, stride: 4 * 2 ** i }));
    this.picture = [resolution, resolution];
    [this.hidden, this.proposals, this.detections, this.score] = [hidden, proposals, detections, score];
  }
}

function twoStage(name: string, options: FasterRcnnOptions): TwoStageNet {
  const numbers = { depth: 'number', width: 'number', channels: 'number', hidden: 'number' } as const;
  const counts = { proposals: 'number', detections: 'number', score: 'number' } as const;
  return new TwoStageNet(name, netOptions(name, options, { ...numbers, ...counts }));
}

/** What a region proposal network says of a map, each cell of which has so many anchors. */
export function proposalLevel(net: MapNet, x: Feature, anchors: Tensor, count: number): ProposalLevel {
  const y = net.activate(net.conv(x, { name: 'rpn.head.conv.0.0', out: x.channels, kernel: 3, bias: true }), RELU);
  return {
    scores: net.conv(y, { name: 'rpn.head.cls_logits', out: count, bias: true }).name,
    codes: net.conv(y, { name: 'rpn.head.bbox_pred', out: 4 * count, bias: true }).name,
    anchors,
  };
}

/** The region proposal network: one head for all maps of the pyramid, and one more of every second pixel of the smallest. */
function propose(net: TwoStageNet): Proposals {
  const last = net.pyramid.at(-1);
  const smaller = last
    ? [{ x: net.pool(last.x, { kind: 'MaxPool', kernel: 1, stride: 2 }), side: Math.ceil(last.side / 2) }]
    : [];
  const levels = [...net.pyramid, ...smaller].map(({ x, side }, k) => {
    const stride = Math.floor(net.picture[0] / side);
    const sizes = [FIRST_SIZE * 2 ** k];
    const anchors = gridAnchors({ map: [side, side], stride: [stride, stride], ratios: RATIOS, sizes });
    return proposalLevel(net, x, anchors, RATIOS.length);
  });
  return addProposals(net.builder, levels, {
    picture: net.picture,
    before: net.proposals,
    after: net.proposals,
    pictures: net.batch,
  });
}

/** What of the pyramid lies in each box. */
function pooled(net: TwoStageNet, boxes: Proposals, side: number): Feature {
  return {
    name: addPyramidRoiAlign(net.builder, net.levels, boxes, side),
    channels: net.pyramid[0]?.x.channels ?? 0,
  };
}

function detect(net: TwoStageNet, proposals: Proposals): Detections & Proposals {
  const pixels = BOX_SIDE * BOX_SIDE;
  const flat = net.flatten(pooled(net, proposals, BOX_SIDE), pixels);
  const six = net.activate(net.linear(flat, 'roi_heads.box_head.fc6', net.hidden, { pixels }), RELU);
  const seven = net.activate(net.linear(six, 'roi_heads.box_head.fc7', net.hidden), RELU);
  const head = {
    logits: net.linear(seven, 'roi_heads.box_predictor.cls_score', net.classes).name,
    codes: net.linear(seven, 'roi_heads.box_predictor.bbox_pred', 4 * net.classes).name,
    classes: net.classes,
  };
  return addDetections(net.builder, proposals, head, {
    picture: net.picture,
    times: net.batch,
    most: net.detections,
    score: net.score,
  });
}

/** Each box's mask of its class. */
function masksOf(net: TwoStageNet, found: Detections & Proposals): string {
  const { builder: b, classes } = net;
  let x = pooled(net, found, MASK_SIDE);
  const out = x.channels;
  for (let i = 0; i < MASK_LAYERS; i++) {
    x = net.activate(net.conv(x, { name: `roi_heads.mask_head.${i}.0`, out, kernel: 3, bias: true }), RELU);
  }
  const grown = { name: 'roi_heads.mask_predictor.conv5_mask', out, kernel: 2, stride: 2, bias: true };
  x = net.activate(net.transposed(x, grown), RELU);
  x = net.conv(x, { name: 'roi_heads.mask_predictor.mask_fcn_logits', out: classes, bias: true });
  const labels = b.one('Unsqueeze', [found.labels], { axes: [1, 2, 3] });
  const every = Array.from({ length: classes }, (_, k) => k);
  const all = b.constant('classes', tensorOf('int64', [classes], every));
  const own = b.one('Binary', [labels, all], { kind: 'equal', activation: NO_ACTIVATION });
  const none = b.constant('none', tensorOf('float32', [], [0]));
  const logits = b.one('Where', [own, x.name, none], {});
  const mask = b.one('Reduce', [logits], { kind: 'sum', axes: [3], keepDims: false });
  return net.activate({ name: mask, channels: 1 }, SIGMOID).name;
}
