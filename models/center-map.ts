/** Boxes about the peaks of a CenterNet's maps (Zhou et al., arXiv:1904.07850), composed of operators. */
import { BoxNodes, type Detections } from '../src/heads/box-nodes.ts';
import { centerPeaks, type PeakReading } from '../src/heads/center-peaks.ts';
import type { GraphBuilder } from '../src/ir/builder.ts';
import { requireCounts, requirePositive } from './maps.ts';

/** How the maps of one picture are read. */
export interface CenterMapReading extends PeakReading {
  /** What a score is at least. */
  readonly threshold: number;
}

/**
 * What `decodeCenterMap` finds in `scores`, float32 `[1, height, width, classes]`, and `extents` `[1, height, width, 4]`, distances
 * to the left, top, right and bottom in pixels; neither has NaN. Throws InputError for counts that are none, and a stride that is not positive.
 */
export function addCenterMap(
  b: GraphBuilder,
  scores: string,
  extents: string,
  { threshold, ...reading }: CenterMapReading,
): Detections {
  const { map, classes, stride, most } = reading;
  requireCounts({ height: map[0], width: map[1], classes, most });
  requirePositive('stride', stride);
  const nodes = new BoxNodes(b);
  const { boxes, scores: best, labels } = centerPeaks(nodes, scores, extents, reading);
  return { boxes, scores: best, labels, chosen: nodes.binary('greaterOrEqual', best, nodes.scalar(threshold)) };
}
