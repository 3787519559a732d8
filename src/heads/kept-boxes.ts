/** The end of every detector: of candidate boxes those whose score is high enough, and which overlap no better one of their class. */
import { tensorOf } from '../core/tensor.ts';
import { GREEDY_SUPPRESSION } from '../ir/ops.ts';
import type { BoxNodes } from './box-nodes.ts';
import type { AddedNodes, HeadInput, NamedValues } from './head.ts';

/** Names of values: boxes of one picture, each with its best class. None has NaN. */
export interface Candidates {
  /** How many there are: N. */
  readonly count: number;
  /** Corners x1, y1, x2, y2 in pixels of the input, float32 `[N, 4]`. */
  readonly boxes: string;
  /** float32 `[N]`. */
  readonly scores: string;
  /** Class of each, int64 `[N]`; left out where there is but one. */
  readonly labels?: string;
  /** More of each box, `[N, …]`, by the name of the result: key points, coefficients of masks. */
  readonly more?: NamedValues;
  /** The network tells boxes of one thing apart itself: none is taken away, however much it overlaps. */
  readonly distinct?: boolean; // false
  /** How many are kept at most, where each has much beside its box. */
  readonly most?: number; // MOST_KEPT
}

/** How many boxes are kept at most, those of all classes together. */
const MOST_KEPT = 1000;

/**
 * The results `boxes` `[K, 4]`, `scores` `[K]`, `labels` int64 `[K]`, best first, and what more there is of each; K depends on
 * data. The feeds `threshold`, the lowest score, and but for distinct boxes `iou`: of two of one class that overlap more, the better is
 * kept; float32 scalars both.
 */
export function keptBoxes(nodes: BoxNodes, candidates: Candidates, input: HeadInput): AddedNodes {
  const { builder: b } = nodes;
  const { count, boxes, scores, labels, more, distinct = false, most: limited = MOST_KEPT } = candidates;
  const threshold = limit(nodes, 'threshold');
  const feeds: { threshold: string; iou?: string } = { threshold, ...(distinct ? {} : { iou: limit(nodes, 'iou') }) };
  const apart = labels === undefined || distinct ? boxes : apartByClass(nodes, boxes, labels, input);
  // No two boxes overlap more than 1.
  const iou = feeds.iou ?? nodes.scalar(1);
  const most = b.constant('most', tensorOf('int64', [], [Math.min(count, limited)]));
  const inputs = [nodes.unsqueezed(apart, [0]), nodes.unsqueezed(scores, [0, 1]), most, iou, threshold];
  const rules = { ...GREEDY_SUPPRESSION, scoreInclusive: true };
  const [rows = ''] = b.add('NonMaxSuppression', inputs, rules, { outputCount: 2 });
  const kept = nodes.entry(rows, 2);
  const all = { boxes, scores, ...(labels === undefined ? {} : { labels }), ...more };
  const results = Object.entries(all).map(([name, x]): [string, string] => {
    return [name, b.one('Gather', [x, kept], { axis: 0 }, { outputs: [b.unique(name)] })];
  });
  return { results: Object.fromEntries(results), feeds };
}

function limit({ builder: b }: BoxNodes, name: string): string {
  return b.input(b.unique(name), 'float32', []);
}

/** Classes in a row of the table below. */
const ROW = 16;

/**
 * Boxes of each class moved to a place of its own, where those of two classes have nothing in common: in a table, since float32 has
 * fewer digits for a fraction of a pixel the further away it is.
 */
function apartByClass(nodes: BoxNodes, boxes: string, labels: string, { width, height }: HeadInput): string {
  const { builder: b } = nodes;
  const side = Math.max(width, height);
  // What reaches further than half a picture beyond its edge overlaps nothing in it otherwise.
  const near = nodes.binary('min', nodes.binary('max', boxes, nodes.scalar(-side / 2)), nodes.scalar(1.5 * side));
  const places = [nodes.whole('floorMod', labels, ROW), nodes.whole('floorDiv', labels, ROW)].map((place) =>
    nodes.unsqueezed(b.one('Cast', [place], { to: 'float32' }), [1]),
  );
  const steps = nodes.binary('mul', nodes.joined([...places, ...places], 1), nodes.scalar(2 * side));
  return nodes.binary('add', near, steps);
}
