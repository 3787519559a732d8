/** Boxes about the peaks of a CenterNet's maps (Zhou et al., arXiv:1904.07850), composed of operators. */
import type { GraphBuilder } from '../src/ir/builder.ts';
import { perCell, type MapExtent } from '../src/ir/priors/cells.ts';
import { BoxNodes, PLAIN_DECODING, type Detections } from '../src/heads/box-nodes.ts';
import { requireCounts, requirePositive } from './maps.ts';

/** How the maps of one picture are read. */
export interface CenterMapReading {
  readonly map: MapExtent;
  readonly classes: number;
  /** Pixels of the picture from one cell to the next. */
  readonly stride: number;
  /** What a score is at least. */
  readonly threshold: number;
  /** How many centres are taken at most. */
  readonly most: number;
}

/** A window of a cell and its eight neighbours. */
const NEIGHBOURS = {
  kernel: [3, 3],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [1, 1, 1, 1],
  padMode: 'explicit',
  ceilMode: false,
} as const;

/**
 * What `decodeCenterMap` finds in `scores`, float32 `[1, height, width, classes]`, and `extents` `[1, height, width, 4]`, distances
 * to the left, top, right and bottom in pixels; neither has NaN. Throws InputError for counts that are none, and a stride that is not positive.
 */
export function addCenterMap(b: GraphBuilder, scores: string, extents: string, reading: CenterMapReading): Detections {
  const { map, classes, stride, threshold, most } = reading;
  requireCounts({ height: map[0], width: map[1], classes, most });
  requirePositive('stride', stride);
  const nodes = new BoxNodes(b);
  const peaks = nodes.binary('equal', scores, b.one('MaxPool', [scores], NEIGHBOURS));
  const judged = b.one('Where', [peaks, scores, nodes.scalar(-Infinity)], {});
  const count = Math.min(most, map[0] * map[1] * classes);
  const found = nodes.best(nodes.reshaped(judged, [1, -1]), count);
  const [best = '', where = ''] = found.map((x) => nodes.reshaped(x, [-1]));
  const cells = nodes.whole('floorDiv', where, classes);
  // A length of one pixel: distances are in pixels as they are.
  const anchors = b.constant(
    'anchors',
    perCell(map, 1, (row, column) => [column * stride, row * stride, 1, 1]),
  );
  const codes = nodes.picked(nodes.reshaped(extents, [-1, 4]), cells);
  return {
    boxes: b.one('BoxDecode', [codes, nodes.picked(anchors, cells)], DISTANCES),
    scores: best,
    labels: nodes.whole('floorMod', where, classes),
    chosen: nodes.binary('greaterOrEqual', best, nodes.scalar(threshold)),
  };
}

const DISTANCES = {
  ...PLAIN_DECODING,
  coding: 'distance',
  anchorForm: 'centers',
  factors: [1, 1, 1, 1],
  clip: [],
} as const;
