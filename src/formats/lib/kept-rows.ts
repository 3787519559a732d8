/** The end of detectors' layers: of boxes that overlap the better ones, the best of a picture, as rows of numbers. */
import { GREEDY_SUPPRESSION } from '../../ir/ops.ts';
import { LAST_INDEX, countedUp, extentList, extentNode, listed, realOf, withWhole } from './layer-nodes.ts';
import type { LayerEmitter } from './layer-emitter.ts';

/** Values: of `pictures` pictures, in each of F groups k boxes, the best first. Boxes suppress those of their own group only. */
export interface RankedBoxes {
  /** Corners, float32 `[N, F, k, 4]`. */
  readonly boxes: string;
  /** float32 `[N, F, k]`. */
  readonly scores: string;
  /** The label of boxes by their index in `[N·F·k]`, both int64. */
  readonly labelOf: (index: string) => string;
}

/** Which boxes are kept. */
export interface KeptLimits {
  /** Scores of no more are none. */
  readonly score: number;
  /** Of two that overlap more the better is kept. */
  readonly overlap: number;
  /** Most boxes of a picture, of all groups together; −1: all. */
  readonly most: number;
}

/**
 * `listed`: rows image, label, score, x1, y1, x2, y2, `[1, 1, N·most, 7]`, those of an image best first, and zeros behind
 * them all, as OpenCV has them (Caffe itself orders those of an image by label, has no row behind them, and one of −1 where
 * there is none). `apart`: rows label, score, x1, y1, x2, y2, `[N, K, 6]`, best first, K as many as the picture with the most
 * has: an extent that depends on data; zeros behind those of another.
 */
export type RowForm = 'listed' | 'apart';

/** Below every score that may be kept. */
const NO_SCORE = -3.4028234663852886e38;

/** Those of the boxes that are kept. */
export function keptRows(e: LayerEmitter, ranked: RankedBoxes, limits: KeptLimits, form: RowForm): string {
  const images = extentNode(e, ranked.scores, 0);
  const each = e.binary('mul', extentNode(e, ranked.scores, 1), extentNode(e, ranked.scores, 2));
  const places = e.reshapeTo(unsuppressed(e, ranked, limits), extentList(e, [images, each]));
  const most = limits.most < 0 ? each : withWhole(e, 'min', each, limits.most);
  const order = { axis: 1, largest: true };
  const [best = '', within = ''] = e.many('TopK', [places, listed(e, most)], order, 2);
  const holds = e.binary('greater', best, e.scalar('float32', NO_SCORE));
  const firsts = e.one('Unsqueeze', [e.binary('mul', countedUp(e, images), each)], { axes: [1] });
  const found = { indices: e.binary('add', within, firsts), holds };
  return form === 'apart' ? apart(e, ranked, found) : inOneList(e, ranked, found, limits.most);
}

/** The boxes that are kept of each picture, best first, `[N, K]`: their indices in all, and whether there is one. */
interface Best {
  readonly indices: string;
  readonly holds: string;
}

/** Rows, or zeros where there is none. */
function shownRows(e: LayerEmitter, holds: string, rows: string): string {
  return e.one('Where', [e.one('Unsqueeze', [holds], { axes: [-1] }), rows, e.scalar('float32', 0)], {});
}

/** The score of each box, `[N·F·k]`, a very low one where a better box of its group overlaps it. */
function unsuppressed(e: LayerEmitter, { boxes, scores }: RankedBoxes, limits: KeptLimits): string {
  const k = extentNode(e, scores, 2);
  const groups = e.reshapeTo(boxes, extentList(e, [-1, k, 4]));
  const alone = e.reshapeTo(scores, extentList(e, [-1, 1, k]));
  const bounds = [listed(e, k), e.scalar('float32', limits.overlap), e.scalar('float32', limits.score)];
  const [rows = ''] = e.many('NonMaxSuppression', [groups, alone, ...bounds], GREEDY_SUPPRESSION, 2);
  const [group = '', index = ''] = [0, 2].map((column) =>
    e.one('Gather', [rows, e.scalar('int64', column)], { axis: 1 }),
  );
  const places = e.binary('add', e.binary('mul', group, k), index);
  const all = e.reshape(scores, [-1]);
  const none = e.one('Expand', [e.scalar('float32', NO_SCORE), e.one('Shape', [all], {})], {});
  const kept = e.one('Gather', [all, places], { axis: 0 });
  return e.one('ScatterElements', [none, places, kept], { axis: 0, reduction: 'none' });
}

/** Label, score and corners of boxes by their index in all, `[…, 6]`. */
function columns(e: LayerEmitter, { boxes, scores, labelOf }: RankedBoxes, indices: string): string[] {
  const axes = [-1];
  return [
    e.one('Unsqueeze', [realOf(e, labelOf(indices))], { axes }),
    e.one('Unsqueeze', [e.one('Gather', [e.reshape(scores, [-1]), indices], { axis: 0 })], { axes }),
    e.one('Gather', [e.reshape(boxes, [-1, 4]), indices], { axis: 0 }),
  ];
}

/** Rows of each picture, as long as the longest list of one. */
function apart(e: LayerEmitter, ranked: RankedBoxes, { indices, holds }: Best): string {
  const shown = shownRows(e, holds, e.one('Concat', columns(e, ranked, indices), { axis: -1 }));
  const ones = e.one('Cast', [holds], { to: 'int32' });
  const counts = e.one('Reduce', [ones], { kind: 'sum', axes: [1], keepDims: false });
  const count = e.one('Reduce', [counts], { kind: 'max', axes: [0], keepDims: false });
  const ends = listed(e, extentNode(e, shown, 1));
  return e.one('Slice', [shown, e.ints([0]), ends, e.ints([1]), e.ints([1]), count], {});
}

/** Rows of all pictures, and zeros behind them. */
function inOneList(e: LayerEmitter, ranked: RankedBoxes, { indices, holds }: Best, most: number): string {
  const all = e.reshape(indices, [-1]);
  const places = countedUp(e, extentNode(e, all, 0));
  const known = e.one('Where', [e.reshape(holds, [-1]), places, e.scalar('int64', LAST_INDEX)], {});
  // Those that hold move up, in their order.
  const [order = ''] = e.many('TopK', [known, e.one('Shape', [all], {})], { axis: 0, largest: false }, 2);
  const last = e.binary('sub', extentNode(e, all, 0), e.scalar('int64', 1));
  const chosen = e.one('Gather', [all, e.binary('min', order, last)], { axis: 0 });
  const image = e.binary('floorDiv', order, extentNode(e, indices, 1));
  const front = e.one('Unsqueeze', [realOf(e, image)], { axes: [-1] });
  const rows = e.one('Concat', [front, ...columns(e, ranked, chosen)], { axis: -1 });
  const isRow = e.binary('less', order, e.scalar('int64', LAST_INDEX));
  const shown = shownRows(e, isRow, rows);
  const behind = most < 0 ? shown : filledUp(e, shown, indices, most);
  return e.one('Unsqueeze', [behind], { axes: [0, 1] });
}

/** Rows of zeros where there are fewer boxes than may be kept. */
function filledUp(e: LayerEmitter, rows: string, indices: string, most: number): string {
  const wanted = withWhole(e, 'mul', extentNode(e, indices, 0), most);
  const missing = e.binary('sub', wanted, extentNode(e, rows, 0));
  return e.one('Pad', [rows, extentList(e, [0, 0, missing, 0])], { mode: 'constant' });
}
