/** What detectors of one stage find: the best rows of their heads decoded, less those that overlap a better one of their class. */
import { InputError } from '../src/core/errors.ts';
import { tensorOf, type Tensor } from '../src/core/tensor.ts';
import type { Graph } from '../src/ir/graph.ts';
import type { OpAttributes } from '../src/ir/ops.ts';
import type { Feature, NetOptions } from './blocks.ts';
import { BoxNodes } from '../src/heads/box-nodes.ts';
import type { MapNet } from './maps.ts';

/**
 * Options of detectors of one stage. With `detections` they give `boxes`, float32 `[D, 4]`, corners (x, y, x, y) in pixels and
 * inside the picture, `labels`, int64 `[D]`, and `scores`, float32 `[D]`, best first, in place of their heads' rows; D depends on
 * the picture. Of several pictures those of the first come first, and `pictures`, int64 `[D]`, says which each is of.
 */
export interface OneStageOptions extends NetOptions {
  /** How many detections a picture has at most; the head's own rows where it is left out. */
  readonly detections?: number;
  /** What the probability of a detection must be above; the network's authors' by default. */
  readonly score?: number;
  /** Of two boxes of one class that overlap more, the better is kept; the network's authors' by default. */
  readonly iou?: number;
}

/** The rules of these options. */
export const ONE_STAGE = { detections: 'count', score: 'number', iou: 'number' } as const;

/** Rows of a head, and as many anchors; the best of each such part are looked at. */
export interface AnchoredRows {
  /** Codes, `[batch, N, numbers]`. */
  readonly boxes: Feature;
  /** Probabilities, `[batch, N, classes]`. */
  readonly scores: Feature;
  /** `[N, 4]`, or `[N, 6]` with cells, in pixels. */
  readonly anchors: Tensor;
}

/** How a network's rows are read. */
export interface RowReading {
  /** How codes are decoded, but for the picture's edges. */
  readonly decode: Omit<OpAttributes['BoxDecode'], 'clip'>;
  /** The first class is none; labels are from 1. */
  readonly background?: boolean; // false
  /** Codes are of y, x, height and width. */
  readonly rowsFirst?: boolean; // false
  /** How many pairs of a box and a class are looked at of each part. */
  readonly before: number;
  readonly score: number;
  readonly iou: number;
}

/**
 * The finished graph with detections as `OneStageOptions` says: each row stands once for every class, and is cut at the picture's
 * edges before overlaps are looked at. Throws InputError without pictures.
 */
export function detectedRows(
  net: MapNet,
  parts: readonly AnchoredRows[],
  reading: RowReading,
  {
    detections: most = 100,
    score = reading.score,
    iou = reading.iou,
    resolution,
  }: OneStageOptions & { readonly resolution: number },
): Graph {
  const { batch: pictures } = net;
  if (pictures === 0) throw new InputError('batch 0; detections are those of a picture');
  const nodes = new BoxNodes(net.builder);
  const best = parts.map((part) => bestRows(nodes, part, reading, { pictures, side: resolution }));
  const [boxes = '', scores = '', labels = ''] = (['boxes', 'scores', 'labels'] as const).map((key) =>
    nodes.joined(
      best.map((part) => part[key]),
      1,
    ),
  );
  // Boxes of each class lie further along than those of all before, so that those of two have nothing in common.
  const shifts = Array.from({ length: net.classes }, (_, k) => k * (resolution + 1));
  const table = net.builder.constant('shifts', tensorOf('float32', [net.classes, 1], shifts));
  const apart = nodes.binary('add', boxes, nodes.picked(table, labels));
  const count = best.reduce((sum, part) => sum + part.count, 0);
  const limits = { count, times: pictures, most, iou, score };
  const { indices, batches, chosen } = nodes.suppressed(apart, nodes.unsqueezed(scores, [1]), limits);
  const found = {
    boxes: nodes.picked(nodes.reshaped(boxes, [-1, 4]), indices),
    labels: nodes.picked(nodes.reshaped(labels, [-1]), indices),
    scores: nodes.picked(nodes.reshaped(scores, [-1]), indices),
    pictures: batches,
    chosen,
  };
  return net.chosen(found);
}

interface BestRows {
  /** `[pictures, count, 4]` */
  readonly boxes: string;
  /** `[pictures, count]` */
  readonly scores: string;
  /** `[pictures, count]` */
  readonly labels: string;
  readonly count: number;
}

interface Pictures {
  readonly pictures: number;
  readonly side: number;
}

/** The best of one part's pairs of a box and a class, decoded. */
function bestRows(
  nodes: BoxNodes,
  { boxes, scores, anchors }: AnchoredRows,
  { decode, background = false, rowsFirst = false, before }: RowReading,
  { pictures, side }: Pictures,
): BestRows {
  const b = nodes.builder;
  const first = background ? 1 : 0;
  const classes = scores.channels - first;
  if (classes < 1) throw new InputError('1 class; detections need one beside the background');
  const [length = 0] = anchors.shape;
  const count = Math.min(before, length * classes);
  const real = background ? nodes.columns(scores.name, 1, scores.channels, 2) : scores.name;
  const [chances, pairs] = nodes.best(nodes.reshaped(real, [pictures, -1]), count);
  const rows = nodes.whole('floorDiv', pairs, classes);
  const label = nodes.whole('floorMod', pairs, classes);
  const codes = nodes.pickedOf(pictures, nodes.reshaped(boxes.name, [-1, boxes.channels]), rows, length);
  const swap = (): string => b.one('Gather', [codes, b.ints('swap', [1, 0, 3, 2])], { axis: 2 });
  const inputs = [rowsFirst ? swap() : codes, nodes.picked(b.constant('anchors', anchors), rows)];
  return {
    boxes: b.one('BoxDecode', inputs, { ...decode, clip: [0, 0, side, side] }),
    scores: chances,
    labels: background ? nodes.whole('add', label, first) : label,
    count,
  };
}
