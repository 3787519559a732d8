/** Boxes about the peaks of a CenterNet's maps (Zhou et al., arXiv:1904.07850), composed of operators. */
import { perCell, type MapExtent } from '../ir/priors/cells.ts';
import { PLAIN_DECODING, type BoxNodes } from './box-nodes.ts';
import type { Candidates } from './kept-boxes.ts';

/** How the maps of one picture are read. */
export interface PeakReading {
  readonly map: MapExtent;
  readonly classes: number;
  /** Pixels of the picture from one cell to the next. */
  readonly stride: number;
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
 * The best peaks of `scores`, float32 `[1, height, width, classes]`, best first, and about each the box of `extents` `[1, height,
 * width, 4]`, distances to the left, top, right and bottom in pixels; neither has NaN. Scores are -Infinity where there are no more peaks.
 */
export function centerPeaks(
  nodes: BoxNodes,
  scores: string,
  extents: string,
  { map, classes, stride, most }: PeakReading,
): Required<Pick<Candidates, 'count' | 'boxes' | 'scores' | 'labels'>> {
  const { builder: b } = nodes;
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
    count,
    boxes: b.one('BoxDecode', [codes, nodes.picked(anchors, cells)], DISTANCES),
    scores: best,
    labels: nodes.whole('floorMod', where, classes),
  };
}

const DISTANCES = {
  ...PLAIN_DECODING,
  coding: 'distance',
  anchorForm: 'centers',
  factors: [1, 1, 1, 1],
  clip: [],
} as const;
