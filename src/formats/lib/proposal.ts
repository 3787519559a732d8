/** Proposals of regions (Ren et al., arXiv:1506.01497) as a layer of a network. */
import { tensorOf } from '../../core/tensor.ts';
import { GREEDY_SUPPRESSION } from '../../ir/ops.ts';
import { countedUp, extentNode, listed, realList, realOf, withWhole } from './layer-nodes.ts';
import type { LayerEmitter } from './layer-emitter.ts';

/** What a layer of proposals says of itself. */
export interface ProposalLayer {
  /** Corners of the anchors about the first cell, in pixels; `rcnnAnchors` has Faster R-CNN's. */
  readonly anchors: readonly (readonly number[])[];
  /** Pixels from one cell to the next. */
  readonly stride: number;
  /** 1 where corners are pixels that belong to a box, in the sizes of anchors, and in overlaps; else 0. */
  readonly extent: 0 | 1;
  /** How many of the best are looked at; 0: all. */
  readonly before: number;
  /** How many are kept; 0: all. */
  readonly after: number;
  /** Of two that overlap more the better is kept. */
  readonly overlap: number;
  /** The least side of a box, in pixels of the picture before it was scaled; both ends of a box belong to it. */
  readonly minSize: number;
}

/** The operands: values, channels-first. */
export interface ProposalOperands {
  /** float32 `[N, 2·anchors, H, W]`: for each anchor that it is background, then for each that it is something. */
  readonly scores: string;
  /** float32 `[N, 4·anchors, H, W]` */
  readonly deltas: string;
  /** float32 `[N, …]` of three numbers or more: height, width, and the scale of the picture. */
  readonly info: string;
}

/** The proposals of all images, those of an image best first, of a number K that depends on data. */
export interface ProposedRegions {
  /** Image, x1, y1, x2, y2 in pixels: float32 `[K, 5]`. */
  readonly rois: string;
  /** float32 `[K]` */
  readonly scores: string;
}

/** Fails where the channels do not fit the anchors. */
export function proposalNodes(e: LayerEmitter, operands: ProposalOperands, layer: ProposalLayer): ProposedRegions {
  const { anchors, before, after, overlap, extent } = layer;
  for (const [x, each] of [
    [operands.scores, 2],
    [operands.deltas, 4],
  ] as const) {
    const channels = e.extents(x)[1];
    if (channels !== undefined && channels !== anchors.length * each) {
      e.fail(`has ${anchors.length} anchors, which need ${anchors.length * each} channels, not ${channels}`);
    }
  }
  const boxes = movedBoxes(e, operands, layer);
  const scores = knownScores(e, operands, boxes, layer);
  const all = extentNode(e, scores, 1);
  const most = before > 0 ? withWhole(e, 'min', all, before) : all;
  const [best = '', which = ''] = e.many('TopK', [scores, listed(e, most)], { axis: 1, largest: true }, 2);
  const ranked = e.one('GatherND', [boxes, e.one('Unsqueeze', [which], { axes: [-1] })], { batchDims: 1 });
  const limits = [after > 0 ? e.ints([after]) : listed(e, most), e.scalar('float32', overlap)];
  const given = [ranked, e.one('Unsqueeze', [best], { axes: [1] }), ...limits, e.scalar('float32', -Infinity)];
  const [rows = '', , kept = ''] = e.many('NonMaxSuppression', given, { ...GREEDY_SUPPRESSION, offset: extent }, 3);
  const [image = '', index = ''] = [0, 2].map((column) =>
    e.one('Gather', [rows, e.scalar('int64', column)], { axis: 1 }),
  );
  const places = e.binary('add', e.binary('mul', image, most), index);
  const corners = e.one('Gather', [e.reshape(ranked, [-1, 4]), places], { axis: 0 });
  const images = e.one('Unsqueeze', [realOf(e, image)], { axes: [1] });
  return { rois: e.one('Concat', [images, corners], { axis: 1 }), scores: kept };
}

/** Corners of all boxes within their picture, `[N, H·W·anchors, 4]`. */
function movedBoxes(e: LayerEmitter, { deltas, info }: ProposalOperands, layer: ProposalLayer): string {
  const codes = e.reshape(e.one('Transpose', [deltas], { perm: [0, 2, 3, 1] }), [0, -1, 4]);
  const [down = '', across = ''] = [2, 3].map((axis) => {
    const steps = realOf(e, countedUp(e, extentNode(e, deltas, axis)));
    const moved = e.binary('mul', steps, e.scalar('float32', layer.stride));
    return e.reshape(moved, axis === 2 ? [-1, 1, 1, 1] : [1, -1, 1, 1]);
  });
  const x = e.binary('mul', across, realList(e, [1, 0, 1, 0]));
  const y = e.binary('mul', down, realList(e, [0, 1, 0, 1]));
  const own = e.constant(tensorOf('float32', [layer.anchors.length, 4], layer.anchors.flat()), 'anchors');
  const anchors = e.reshape(e.binary('add', e.binary('add', x, y), own), [1, -1, 4]);
  const boxes = e.one('BoxDecode', [codes, anchors], {
    coding: 'centerSize',
    anchorForm: 'corners',
    factors: [1, 1, 1, 1],
    anchorExtent: layer.extent,
    boxExtent: 0,
    maxExponent: Infinity,
    bins: 0,
    points: 0,
    clip: [],
  });
  const last = e.binary('sub', numbersOf(e, info, [1, 0, 1, 0]), e.scalar('float32', 1));
  return e.binary('max', e.binary('min', boxes, last), e.scalar('float32', 0));
}

/** Some of the numbers of each picture, `[N, 1, n]`. */
function numbersOf(e: LayerEmitter, info: string, which: readonly number[]): string {
  return e.one('Gather', [e.reshape(info, [0, 1, -1]), e.ints(which)], { axis: 2 });
}

/** Scores of all boxes, `[N, H·W·anchors]`, the lowest of all where a box is too small, or its score is NaN. */
function knownScores(
  e: LayerEmitter,
  { scores, info }: ProposalOperands,
  boxes: string,
  { anchors, minSize }: ProposalLayer,
): string {
  const parts = { axis: 1, sizes: [anchors.length, anchors.length] };
  const [, objects = ''] = e.many('Split', [scores], parts, 2);
  const flat = e.reshape(e.one('Transpose', [objects], { perm: [0, 2, 3, 1] }), [0, -1]);
  const [near = '', far = ''] = e.many('Split', [boxes], { axis: 2, sizes: [2, 2] }, 2);
  const sides = e.binary('add', e.binary('sub', far, near), e.scalar('float32', 1));
  const least = e.one('Reduce', [sides], { kind: 'min', axes: [2], keepDims: false });
  const wanted = e.binary('mul', e.reshape(numbersOf(e, info, [2]), [0, 1]), e.scalar('float32', minSize));
  const isLarge = e.binary('greaterOrEqual', least, wanted);
  const isScore = e.binary('greater', flat, e.scalar('float32', -Infinity));
  const holds = e.binary('and', isLarge, isScore);
  return e.one('Where', [holds, flat, e.scalar('float32', -Infinity)], {});
}
