/** The parts of two-stage detectors between their convolutions: proposals, and what of a pyramid's maps lies in them. */
import { InputError } from '../src/core/errors.ts';
import { elementCount, tensorOf, type Tensor } from '../src/core/tensor.ts';
import type { GraphBuilder } from '../src/ir/builder.ts';
import { NO_ACTIVATION, type BinaryKind, type OpAttributes } from '../src/ir/ops.ts';

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
  /** Corners in pixels, `[K, 4]`, best first; K, at most `after`, depends on data. */
  readonly boxes: string;
  /** The picture of each, int64 `[K]`. */
  readonly pictures: string;
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
  // What is too small has a score that is none.
  const [first, last] = [columns(b, boxes, 0, 2), columns(b, boxes, 2, 4)];
  const sides = b.one('Reduce', [binary(b, 'sub', last, first)], { kind: 'min', axes: [1], keepDims: false });
  const large = binary(b, 'greaterOrEqual', sides, scalar(b, minSize));
  const none = scalar(b, -1);
  const chances = b.one('Activation', [scores], { activation: { kind: 'sigmoid', alpha: 0, beta: 0 } });
  const judged = b.one('Where', [large, chances, none], {});
  const chosen = b.add(
    'NonMaxSuppression',
    [
      unsqueezed(
        b,
        separated(
          b,
          boxes,
          parts.map((part) => part.count),
          options.picture,
        ),
        [0],
      ),
      unsqueezed(b, judged, [0]),
      b.constant('most', tensorOf('int64', [], [after])),
      scalar(b, iou),
      scalar(b, 0),
    ],
    {
      centerPointBox: false,
      offset: 0,
      inclusive: false,
      scoreInclusive: false,
      ties: 'lower',
      classAgnostic: false,
      soft: 'none',
      sigma: 0,
    },
    { outputCount: 2 },
  );
  const column = (k: number): string =>
    b.one('Gather', [chosen[0] ?? '', b.constant('column', tensorOf('int64', [], [k]))], { axis: 1 });
  return { boxes: b.one('Gather', [boxes, column(2)], { axis: 0 }), pictures: column(0) };
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
  const rows = b.one('Reshape', [level.scores, b.ints('rows', [1, -1])], { allowZero: false });
  const [scores = '', where = ''] = b.add(
    'TopK',
    [rows, b.ints('k', [count])],
    { axis: 1, largest: true },
    { outputCount: 2 },
  );
  const indices = b.one('Reshape', [where, b.ints('rows', [-1])], { allowZero: false });
  const codes = b.one('Reshape', [level.codes, b.ints('rows', [-1, 4])], { allowZero: false });
  const own = [codes, b.constant('anchors', level.anchors)].map((x) => b.one('Gather', [x, indices], { axis: 0 }));
  const boxes = b.one('BoxDecode', own, {
    coding: 'centerSize',
    anchorForm: 'corners',
    factors: [1, 1, 1, 1],
    anchorExtent: 0,
    boxExtent: 0,
    maxExponent: MAX_EXPONENT,
    bins: 0,
    points: 0,
    clip: [0, 0, width, height],
  });
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
  { boxes, pictures }: Proposals,
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

function binary(b: GraphBuilder, kind: BinaryKind, x: string, y: string): string {
  return b.one('Binary', [x, y], { kind, activation: NO_ACTIVATION });
}

function scalar(b: GraphBuilder, value: number): string {
  return b.constant('scalar', tensorOf('float32', [], [value]));
}

function columns(b: GraphBuilder, x: string, start: number, end: number): string {
  return b.one('Slice', [x, b.ints('starts', [start]), b.ints('ends', [end]), b.ints('axes', [1])], {});
}

function unsqueezed(b: GraphBuilder, x: string, axes: readonly number[]): string {
  return b.one('Unsqueeze', [x], { axes });
}

function joined(b: GraphBuilder, parts: readonly string[], axis: number): string {
  return parts.length === 1 ? (parts[0] ?? '') : b.one('Concat', parts, { axis });
}
