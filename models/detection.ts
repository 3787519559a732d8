/** The parts of two-stage detectors between their convolutions: proposals, and what of a pyramid's maps lies in them. */
import { InputError } from '../src/core/errors.ts';
import { elementCount, tensorOf, type Tensor } from '../src/core/tensor.ts';
import type { GraphBuilder } from '../src/ir/builder.ts';
import { SIGMOID } from './maps.ts';
import { NO_ACTIVATION, GREEDY_SUPPRESSION, type BinaryKind, type OpAttributes } from '../src/ir/ops.ts';

/** One map of a region proposal network, of one picture. */
export interface ProposalLevel {
  /** A score for each anchor before the sigmoid, `[1, h, w, A]`. */
  readonly scores: string;
  /** `[1, h, w, 4A]`: codes of centre and size. */
  readonly codes: string;
  /** Corners of all anchors of the map, `[h·w·A, 4]`. */
  readonly anchors: Tensor;
}

/** How proposals are chosen; the defaults are torchvision's. */
export interface ProposalOptions {
  /** Height and width of the picture in pixels. */
  readonly picture: readonly [number, number];
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
  /** Corners in pixels, `[K, 4]`, best first; K is `after`, or what all levels have where that is less. */
  readonly boxes: string;
  /** The picture of each, int64 `[K]`. */
  readonly pictures: string;
  /** bool `[K]`: false of those behind the last one that was chosen, which are boxes of no meaning. */
  readonly chosen: string;
}

/** No width or height is more than a thousand sixteenths of its anchor's. */
const MAX_EXPONENT = Math.log(1000 / 16);

/**
 * Proposals (Ren et al., arXiv:1506.01497; of several levels Lin et al., arXiv:1612.03144): the best of each level, decoded and cut
 * at the picture's edges, less the smallest and those that overlap a better one of their level. Throws InputError without levels.
 */
export function addProposals(b: GraphBuilder, levels: readonly ProposalLevel[], options: ProposalOptions): Proposals {
  if (levels.length === 0) throw new InputError('proposals need a level');
  const { after, iou = 0.7, minSize = 0.001 } = options;
  const parts = levels.map((level) => best(b, level, options));
  const boxes = joined(
    b,
    parts.map((part) => part.boxes),
    0,
  );
  const scores = joined(
    b,
    parts.map((part) => part.scores),
    1,
  );
  const chances = b.one('Activation', [scores], { activation: SIGMOID });
  const shifted = separated(
    b,
    boxes,
    parts.map((part) => part.count),
    options.picture,
  );
  const judged = b.one('Where', [large(b, boxes, minSize), chances, scalar(b, -1)], {});
  const { indices, batches, chosen } = suppressed(b, shifted, judged, { most: after, iou, score: 0 });
  return { boxes: b.one('Gather', [boxes, indices], { axis: 0 }), pictures: batches, chosen };
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
  /** How many there are at most; 100 by default. */
  readonly most?: number;
  /** Of two boxes of one class that overlap more, the better is kept; 0.5 by default. */
  readonly iou?: number;
  /** What a probability must be above; 0.05 by default. */
  readonly score?: number;
  /** The least side of a box in pixels; 0.01 by default. */
  readonly minSize?: number;
}

/** Names of values of a graph, all with the rows of `Proposals`, of which those that are not `chosen` have no meaning. */
export interface Detections extends Proposals {
  /** Probabilities, `[K]`. */
  readonly scores: string;
  /** int64 `[K]`, from 1. */
  readonly labels: string;
}

/**
 * Boxes of classes of a two-stage detector (arXiv:1506.01497), best first: each proposal decoded for each class but the background,
 * cut at the picture's edges, less the smallest and those that overlap a better one of their class. Throws InputError without classes.
 */
export function addDetections(
  b: GraphBuilder,
  { boxes, pictures, chosen }: Proposals,
  { logits, codes, classes }: BoxHead,
  { picture: [height, width], most = 100, iou = 0.5, score = 0.05, minSize = 0.01 }: StageDetectionOptions,
): Detections {
  if (classes < 2) throw new InputError(`${classes} classes; detections need one beside the background`);
  const own = flat(b, codes, [-1, classes, 4]);
  const factors = [1 / 10, 1 / 10, 1 / 5, 1 / 5];
  const all = b.one('BoxDecode', [own, unsqueezed(b, boxes, [1])], centerSize([0, 0, width, height], factors));
  const decoded = columns(b, all, 1, classes);
  const chances = columns(b, b.one('Softmax', [logits], { axes: [-1], log: false }), 1, classes);
  const real = binary(b, 'and', large(b, decoded, minSize), unsqueezed(b, chosen, [1]));
  const judged = flat(b, b.one('Where', [real, chances, scalar(b, -1)], {}), [1, -1]);
  const steps = Array.from({ length: classes - 1 }, (_, k) => k * (Math.max(height, width) + 1));
  const apart = binary(b, 'add', decoded, b.constant('shifts', tensorOf('float32', [classes - 1, 1], steps)));
  const found = suppressed(b, flat(b, apart, [-1, 4]), judged, { most, iou, score });
  const pick = (x: string): string => b.one('Gather', [x, found.indices], { axis: 0 });
  const whole = (kind: BinaryKind, x: string, v: number): string =>
    binary(b, kind, x, b.constant('whole', tensorOf('int64', [], [v])));
  return {
    boxes: pick(flat(b, decoded, [-1, 4])),
    scores: pick(flat(b, judged, [-1])),
    labels: whole('add', whole('floorMod', found.indices, classes - 1), 1),
    pictures: b.one('Gather', [pictures, whole('floorDiv', found.indices, classes - 1)], { axis: 0 }),
    chosen: found.chosen,
  };
}

interface Suppression {
  readonly most: number;
  readonly iou: number;
  readonly score: number;
}

/** Of boxes `[N, 4]` and scores `[1, N]`: where the best are that overlap no better one, padded, so that nothing depends on data. */
function suppressed(b: GraphBuilder, boxes: string, scores: string, { most, iou, score }: Suppression) {
  const limits = [b.constant('most', tensorOf('int64', [], [most])), scalar(b, iou), scalar(b, score)];
  const [rows = '', count = ''] = b.add(
    'NonMaxSuppression',
    [unsqueezed(b, boxes, [0]), unsqueezed(b, scores, [0]), ...limits],
    {
      ...GREEDY_SUPPRESSION,
      padded: true,
    },
    { outputCount: 2 },
  );
  const column = (k: number): string =>
    b.one('Gather', [rows, b.constant('column', tensorOf('int64', [], [k]))], { axis: 1 });
  const indices = column(2);
  const places = Array.from({ length: most }, (_, i) => i);
  const chosen = binary(b, 'less', b.constant('places', tensorOf('int32', [most], places)), count);
  return { indices, batches: column(0), chosen };
}

/** bool: boxes `[…, 4]` whose sides are no less than this. */
function large(b: GraphBuilder, boxes: string, minSize: number): string {
  const [left, top, right, bottom] = [0, 1, 2, 3].map((k) =>
    b.one('Gather', [boxes, b.constant('corner', tensorOf('int64', [], [k]))], { axis: -1 }),
  );
  const sides = binary(b, 'min', binary(b, 'sub', right, left), binary(b, 'sub', bottom, top));
  return binary(b, 'greaterOrEqual', sides, scalar(b, minSize));
}

function centerSize(clip: readonly number[], factors: readonly number[]): OpAttributes['BoxDecode'] {
  return {
    coding: 'centerSize',
    anchorForm: 'corners',
    factors,
    anchorExtent: 0,
    boxExtent: 0,
    maxExponent: MAX_EXPONENT,
    bins: 0,
    points: 0,
    clip,
  };
}

interface Best {
  /** `[count, 4]` */
  readonly boxes: string;
  /** `[1, count]` */
  readonly scores: string;
  readonly count: number;
}

/** The best of one level, decoded. */
function best(b: GraphBuilder, level: ProposalLevel, { before, picture: [height, width] }: ProposalOptions): Best {
  const count = Math.min(before, elementCount(level.anchors.shape) / 4);
  const rows = flat(b, level.scores, [1, -1]);
  const [scores = '', where = ''] = b.add(
    'TopK',
    [rows, b.ints('k', [count])],
    { axis: 1, largest: true },
    { outputCount: 2 },
  );
  const indices = flat(b, where, [-1]);
  const codes = flat(b, level.codes, [-1, 4]);
  const own = [codes, b.constant('anchors', level.anchors)].map((x) => b.one('Gather', [x, indices], { axis: 0 }));
  const boxes = b.one('BoxDecode', own, centerSize([0, 0, width, height], [1, 1, 1, 1]));
  return { boxes, scores, count };
}

/** Boxes of each level further along than those of all before, so that boxes of two levels have nothing in common. */
function separated(
  b: GraphBuilder,
  boxes: string,
  counts: readonly number[],
  [height, width]: readonly [number, number],
): string {
  if (counts.length === 1) return boxes;
  const step = Math.max(height, width) + 1;
  const shifts = counts.flatMap((count, level) => Array.from({ length: count }, () => level * step));
  return binary(b, 'add', boxes, b.constant('shifts', tensorOf('float32', [shifts.length, 1], shifts)));
}

/** One map of a pyramid, `[1, h, w, C]`, and the pixels of the picture that its cells are apart. */
export interface PyramidLevel {
  readonly map: string;
  readonly stride: number;
}

/**
 * `[K, side, side, C]`: each box's part of the map that its size belongs to (arXiv:1612.03144, eq. 1: boxes of 224 pixels to
 * strides of 16, half as large to half of that). Levels come finest first, each of twice the stride. Throws InputError otherwise.
 */
export function addPyramidRoiAlign(
  b: GraphBuilder,
  levels: readonly PyramidLevel[],
  { boxes, pictures }: Pick<Proposals, 'boxes' | 'pictures'>,
  side: number,
  samplingRatio = 2,
): string {
  if (levels.length === 0 || levels.some(({ stride }, k) => k > 0 && stride !== 2 * (levels[k - 1]?.stride ?? 0))) {
    throw new InputError('levels of a pyramid come finest first, each of twice the stride');
  }
  const [first, last] = [columns(b, boxes, 0, 2), columns(b, boxes, 2, 4)];
  const area = b.one('Reduce', [binary(b, 'sub', last, first)], { kind: 'prod', axes: [1], keepDims: true });
  const areas = unsqueezed(b, area, [2, 3]);
  const aligned = levels.map(({ map, stride }) =>
    b.one('RoiAlign', [map, boxes, pictures], align(side, samplingRatio, stride)),
  );
  return aligned.reduce((finer, own, k) => {
    // Sizes this close below a bound count as there: torchvision adds a millionth to the logarithm.
    const least = 224 * (((levels[k]?.stride ?? 0) / 16) * 2 ** -1e-6);
    return b.one('Where', [binary(b, 'greaterOrEqual', areas, scalar(b, least * least)), own, finer], {});
  });
}

function align(side: number, samplingRatio: number, stride: number): OpAttributes['RoiAlign'] {
  return {
    mode: 'avg',
    outputHeight: side,
    outputWidth: side,
    samplingRatio,
    spatialScale: 1 / stride,
    coordinateMode: 'output_half_pixel',
  };
}

function binary(b: GraphBuilder, kind: BinaryKind, x = '', y = ''): string {
  return b.one('Binary', [x, y], { kind, activation: NO_ACTIVATION });
}

function scalar(b: GraphBuilder, value: number): string {
  return b.constant('scalar', tensorOf('float32', [], [value]));
}

function columns(b: GraphBuilder, x: string, start: number, end: number): string {
  return b.one('Slice', [x, b.ints('starts', [start]), b.ints('ends', [end]), b.ints('axes', [1])], {});
}

function flat(b: GraphBuilder, x: string, shape: readonly number[]): string {
  return b.one('Reshape', [x, b.ints('rows', shape)], { allowZero: false });
}

function unsqueezed(b: GraphBuilder, x: string, axes: readonly number[]): string {
  return b.one('Unsqueeze', [x], { axes });
}

function joined(b: GraphBuilder, parts: readonly string[], axis: number): string {
  return parts.length === 1 ? (parts[0] ?? '') : b.one('Concat', parts, { axis });
}
