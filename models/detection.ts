/** The parts of two-stage detectors between their convolutions: proposals, and detections of the second stage. */
import { InputError } from '../src/core/errors.ts';
import { elementCount, tensorOf, type Tensor } from '../src/core/tensor.ts';
import type { GraphBuilder } from '../src/ir/builder.ts';
import type { OpAttributes } from '../src/ir/ops.ts';
import { BoxNodes, PLAIN_DECODING, type Detections } from '../src/heads/box-nodes.ts';
import { SIGMOID } from './maps.ts';

/** One map of a region proposal network. */
export interface ProposalLevel {
  /** A score for each anchor before the sigmoid, `[P, h, w, A]`. */
  readonly scores: string;
  /** `[P, h, w, 4A]`: codes of centre and size. */
  readonly codes: string;
  /** Corners of all anchors of the map, `[h·w·A, 4]`. */
  readonly anchors: Tensor;
}

/** How proposals are chosen; the defaults are torchvision's. */
export interface ProposalOptions {
  /** Height and width of the picture in pixels. */
  readonly picture: readonly [number, number];
  /** How many pictures there are; 1 by default. */
  readonly pictures?: number;
  /** How many of each level are decoded at most. */
  readonly before: number;
  /** How many are kept of all levels. */
  readonly after: number;
  /** Of two boxes of one level that overlap more, the better is kept; 0.7 by default. */
  readonly iou?: number;
  /** The least side of a box in pixels; 0.001 by default. */
  readonly minSize?: number;
}

/** Names of values of a graph. */
export interface Proposals {
  /** Corners in pixels, `[K, 4]`, best first; K is `after` for each picture, or what all levels have where that is less. */
  readonly boxes: string;
  /** The picture of each, int64 `[K]`. */
  readonly pictures: string;
  /** bool `[K]`: false of those behind the last one that was chosen, which are boxes of no meaning. */
  readonly chosen: string;
  /** K. */
  readonly count: number;
}

/** No width or height is more than a thousand sixteenths of its anchor's. */
const MAX_EXPONENT = Math.log(1000 / 16);

/**
 * Proposals (Ren et al., arXiv:1506.01497; of several levels Lin et al., arXiv:1612.03144): the best of each level, decoded and cut
 * at the picture's edges, less the smallest and those that overlap a better one of their level. Throws InputError without levels.
 */
export function addProposals(b: GraphBuilder, levels: readonly ProposalLevel[], options: ProposalOptions): Proposals {
  if (levels.length === 0) throw new InputError('proposals need a level');
  const { after, pictures = 1, iou = 0.7, minSize = 0.001 } = options;
  const nodes = new BoxNodes(b);
  const parts = levels.map((level) => best(nodes, level, options));
  const joined = (key: 'boxes' | 'scores', axis: number): string =>
    nodes.joined(
      parts.map((part) => part[key]),
      axis,
    );
  const [boxes, scores] = [joined('boxes', 1), joined('scores', 1)];
  const chances = b.one('Activation', [scores], { activation: SIGMOID });
  const counts = parts.map((part) => part.count);
  const shifted = separated(nodes, boxes, counts, options.picture);
  const judged = b.one('Where', [nodes.large(boxes, minSize), chances, nodes.scalar(-1)], {});
  const count = counts.reduce((sum, n) => sum + n, 0);
  const limits = { count, times: pictures, most: after, iou, score: 0 };
  const { indices, batches, chosen } = nodes.suppressed(shifted, nodes.unsqueezed(judged, [1]), limits);
  const kept = nodes.picked(nodes.reshaped(boxes, [-1, 4]), indices);
  return { boxes: kept, pictures: batches, chosen, count: pictures * Math.min(count, after) };
}

/** What the second stage says of each proposal. */
export interface BoxHead {
  /** Logits, `[K, classes]`; the first class is the background. */
  readonly logits: string;
  /** `[K, 4·classes]`: codes of centre and size of each class. */
  readonly codes: string;
  readonly classes: number;
}

/** How detections are chosen; the defaults are torchvision's. */
export interface StageDetectionOptions {
  /** Height and width of the picture in pixels. */
  readonly picture: readonly [number, number];
  /** How many pictures proposals are of; 1 by default. */
  readonly times?: number;
  /** How many there are of a picture at most; 100 by default. */
  readonly most?: number;
  /** Of two boxes of one class that overlap more, the better is kept; 0.5 by default. */
  readonly iou?: number;
  /** What a probability must be above; 0.05 by default. */
  readonly score?: number;
  /** The least side of a box in pixels; 0.01 by default. */
  readonly minSize?: number;
}

/**
 * Boxes of classes, from 1, of a two-stage detector (arXiv:1506.01497), best first: each proposal decoded for each class but the background,
 * cut at the picture's edges, less the smallest and those that overlap a better one of their class. Throws InputError without classes.
 */
export function addDetections(
  b: GraphBuilder,
  { boxes, pictures, chosen, count }: Proposals,
  { logits, codes, classes }: BoxHead,
  { picture, times = 1, most = 100, iou = 0.5, score = 0.05, minSize = 0.01 }: StageDetectionOptions,
): Detections & Proposals {
  if (classes < 2) throw new InputError(`${classes} classes; detections need one beside the background`);
  const nodes = new BoxNodes(b);
  const real = classes - 1;
  const own = nodes.reshaped(codes, [-1, classes, 4]);
  const attributes = centerSize(picture, [1 / 10, 1 / 10, 1 / 5, 1 / 5]);
  const all = b.one('BoxDecode', [own, nodes.unsqueezed(boxes, [1])], attributes);
  const decoded = nodes.columns(all, 1, classes);
  const chances = nodes.columns(b.one('Softmax', [logits], { axes: [-1], log: false }), 1, classes);
  const fit = nodes.binary('and', nodes.large(decoded, minSize), nodes.unsqueezed(chosen, [1]));
  const judged = b.one('Where', [fit, chances, nodes.scalar(-1)], {});
  const steps = Array.from({ length: real }, (_, k) => k * (Math.max(...picture) + 1));
  const apart = nodes.binary('add', decoded, b.constant('shifts', tensorOf('float32', [real, 1], steps)));
  const limits = { count: count * real, times, most, iou, score };
  const seen = ownScores(nodes, judged, pictures, times);
  const found = nodes.suppressed(nodes.reshaped(apart, [1, -1, 4]), seen, limits);
  return {
    boxes: nodes.picked(nodes.reshaped(decoded, [-1, 4]), found.indices),
    scores: nodes.picked(nodes.reshaped(judged, [-1]), found.indices),
    labels: nodes.whole('add', nodes.whole('floorMod', found.indices, real), 1),
    pictures: nodes.picked(pictures, nodes.whole('floorDiv', found.indices, real)),
    chosen: found.chosen,
    count: times * Math.min(count * real, most),
  };
}

/** `[1, pictures, N]`: of scores `[K, classes]` those of each picture's own boxes, for which there is no fixed place. */
function ownScores(nodes: BoxNodes, scores: string, pictures: string, times: number): string {
  if (times === 1) return nodes.reshaped(scores, [1, 1, -1]);
  const all = Array.from({ length: times }, (_, i) => i);
  const numbers = nodes.builder.constant('numbers', tensorOf('int64', [times, 1, 1], all));
  const own = nodes.binary('equal', nodes.unsqueezed(pictures, [1]), numbers);
  return nodes.reshaped(nodes.builder.one('Where', [own, scores, nodes.scalar(-1)], {}), [1, times, -1]);
}

/** R-CNN's coding of boxes in a picture. */
export function centerSize(
  [height, width]: readonly [number, number],
  factors: readonly number[],
): OpAttributes['BoxDecode'] {
  const clip = [0, 0, width, height];
  return {
    ...PLAIN_DECODING,
    coding: 'centerSize',
    anchorForm: 'corners',
    factors,
    maxExponent: MAX_EXPONENT,
    clip,
  };
}

interface Best {
  /** `[P, count, 4]` */
  readonly boxes: string;
  /** `[P, count]` */
  readonly scores: string;
  readonly count: number;
}

/** The best of one level, decoded. */
function best(nodes: BoxNodes, level: ProposalLevel, { before, picture, pictures = 1 }: ProposalOptions): Best {
  const b = nodes.builder;
  const length = elementCount(level.anchors.shape) / 4;
  const count = Math.min(before, length);
  const [scores, where] = nodes.best(nodes.reshaped(level.scores, [pictures, -1]), count);
  const codes = nodes.pickedOf(pictures, nodes.reshaped(level.codes, [-1, 4]), where, length);
  const own = [codes, nodes.picked(b.constant('anchors', level.anchors), where)];
  return { boxes: b.one('BoxDecode', own, centerSize(picture, [1, 1, 1, 1])), scores, count };
}

/** Boxes of each level further along than those of all before, so that boxes of two levels have nothing in common. */
function separated(
  nodes: BoxNodes,
  boxes: string,
  counts: readonly number[],
  [height, width]: readonly [number, number],
): string {
  if (counts.length === 1) return boxes;
  const step = Math.max(height, width) + 1;
  const shifts = counts.flatMap((count, level) => Array.from({ length: count }, () => level * step));
  return nodes.binary('add', boxes, nodes.builder.constant('shifts', tensorOf('float32', [shifts.length, 1], shifts)));
}
