/** Detections of YOLO v2 (Redmon & Farhadi, arXiv:1612.08242) and v3 (arXiv:1804.02767), as layers of a network. */
import { tensorOf } from '../../core/tensor.ts';
import { keptRows } from './kept-rows.ts';
import { countedUp, extentNode, listed, realList, realOf, withWhole } from './layer-nodes.ts';
import type { LayerEmitter } from './layer-emitter.ts';

/** Boxes of the cells of one map. */
export interface YoloMap {
  /** float32 `[N, boxes·(5 + classes), H, W]`: of each box x, y, width, height, whether it is one, and its classes. */
  readonly map: string;
  /** Widths and heights of the boxes of a cell: in cells, or where `scale` is given in pixels. */
  readonly sizes: readonly (readonly [width: number, height: number])[];
  /** Pixels of the picture for a cell; the picture's sides are whole numbers of them, rounded down. */
  readonly scale?: number | undefined;
}

/** What a layer of such detections says of itself. */
export interface YoloLayer {
  readonly classes: number;
  /** How the probability of a class comes: one of all classes, or each its own. */
  readonly classesBy: 'softmax' | 'sigmoid';
  /** The lowest score. */
  readonly confidence: number;
  /** Of two boxes that overlap more the better is kept, whatever their classes. */
  readonly overlap: number;
}

/** Values of the boxes of one map. */
interface YoloBoxes {
  /** `[N, P, 4]`, corners in shares of the picture. */
  readonly boxes: string;
  /** `[N, P]` */
  readonly scores: string;
  /** int64 `[N, P]` */
  readonly labels: string;
}

/**
 * Rows label (from 1 on), score, x1, y1, x2, y2 in shares of the picture, `[N, K, 6]`, best first, K as many as the picture with the most
 * has. Fails where a map has other channels.
 */
export function yoloOutputNodes(e: LayerEmitter, maps: readonly YoloMap[], layer: YoloLayer): string {
  const all = maps.map((map) => boxesOfMap(e, map, layer));
  const joined = (what: keyof YoloBoxes): string => {
    const parts = all.map((one) => one[what]);
    return parts.length === 1 ? (parts[0] ?? '') : e.one('Concat', parts, { axis: 1 });
  };
  const [boxes, scores, labels] = [joined('boxes'), joined('scores'), joined('labels')];
  const order = { axis: 1, largest: true };
  const count = listed(e, extentNode(e, scores, 1));
  const [best = '', which = ''] = e.many('TopK', [scores, count], order, 2);
  const places = e.one('Unsqueeze', [which], { axes: [-1] });
  const ranked = e.one('GatherND', [boxes, places], { batchDims: 1 });
  const named = e.reshape(e.one('GatherElements', [labels, which], { axis: 1 }), [-1]);
  const axes = [1];
  const groups = {
    boxes: e.one('Unsqueeze', [ranked], { axes }),
    scores: e.one('Unsqueeze', [best], { axes }),
    labelOf: (index: string) => withWhole(e, 'add', e.one('Gather', [named, index], { axis: 0 }), 1),
  };
  const limits = { score: justBelow(layer.confidence), overlap: layer.overlap, most: -1 };
  return keptRows(e, groups, limits, 'apart');
}

/** A float32 before another: what is no less than the one is above the other. Before 0 it is no subnormal number, which GPUs may take for 0. */
function justBelow(value: number): number {
  const floats = Float32Array.of(value);
  const bits = new Int32Array(floats.buffer);
  const [own = 0] = floats;
  if (own === 0) return -(2 ** -126);
  bits[0] = (bits[0] ?? 0) + (own > 0 ? -1 : 1);
  return floats[0] ?? own;
}

/** Boxes in the order of sizes, then of cells. */
function boxesOfMap(e: LayerEmitter, own: YoloMap, { classes, classesBy }: YoloLayer): YoloBoxes {
  const { map, sizes } = own;
  const each = 5 + classes;
  const channels = e.extents(map)[1];
  if (channels !== undefined && channels !== sizes.length * each) {
    e.fail(
      `has ${sizes.length} boxes of ${classes} classes, which are ${sizes.length * each} channels, not ${channels}`,
    );
  }
  const rows = e.one('Transpose', [e.reshape(map, [0, sizes.length, each, -1])], { perm: [0, 1, 3, 2] });
  const parts = { axis: 3, sizes: [4, 1, classes] };
  const [codes = '', objects = '', logits = ''] = e.many('Split', [rows], parts, 3);
  const boxes = e.one('BoxDecode', [codes, cellsOf(e, own)], {
    coding: 'sigmoidExp',
    anchorForm: 'centers',
    factors: [1, 1, 1, 1],
    anchorExtent: 0,
    boxExtent: 0,
    maxExponent: Infinity,
    bins: 0,
    points: 0,
    clip: [],
  });
  const known = classesBy === 'softmax' ? e.one('Softmax', [logits], { axes: [3], log: false }) : logits;
  const best = e.one('Reduce', [known], { kind: 'max', axes: [3], keepDims: true });
  const labels = e.one('ArgReduce', [known], { kind: 'max', axis: 3, keepDims: false, last: false, dtype: 'int64' });
  const sigmoid = { kind: 'sigmoid', alpha: 0, beta: 0 } as const;
  const share = classesBy === 'softmax' ? best : e.activate(best, sigmoid);
  const scores = e.binary('mul', e.activate(objects, sigmoid), share);
  return {
    boxes: e.reshape(boxes, [0, -1, 4]),
    scores: flat(e, scores),
    labels: flat(e, labels),
  };
}

function flat(e: LayerEmitter, x: string): string {
  return e.one('Reshape', [x, e.ints([0, -1])], { allowZero: false });
}

/** Left, top, width and height of a size in each cell, and the cell's own: `[sizes, cells, 6]`, in shares of the picture. */
function cellsOf(e: LayerEmitter, { map, sizes, scale }: YoloMap): string {
  const [down, across] = [extentNode(e, map, 2), extentNode(e, map, 3)];
  const places = [across, down].map((cells) => {
    const places = e.binary('div', realOf(e, countedUp(e, cells)), realOf(e, cells));
    return e.reshape(places, cells === across ? [1, 1, -1, 1] : [1, -1, 1, 1]);
  });
  const whole = [across, down].map((cells) => {
    if (scale === undefined) return realOf(e, cells);
    return e.one('Unary', [e.binary('mul', realOf(e, cells), e.scalar('float32', scale))], { kind: 'floor' });
  });
  const units = [e.scalar('float32', 1), e.scalar('float32', 1), ...whole, realOf(e, across), realOf(e, down)];
  const divisors = e.one(
    'Concat',
    units.map((unit) => listed(e, unit)),
    { axis: 0 },
  );
  const widths = sizes.flatMap(([w, h]) => [0, 0, w, h, 1, 1]);
  const shares = e.binary('div', e.constant(tensorOf('float32', [sizes.length, 1, 1, 6], widths), 'sizes'), divisors);
  const [x = '', y = ''] = places.map((own, i) =>
    e.binary('mul', own, realList(e, i === 0 ? [1, 0, 0, 0, 0, 0] : [0, 1, 0, 0, 0, 0])),
  );
  return e.reshape(e.binary('add', e.binary('add', x, y), shares), [sizes.length, -1, 6]);
}
