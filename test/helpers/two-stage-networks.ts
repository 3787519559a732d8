/** Detectors of two stages, small, with seeded weights. */
import { fasterRcnn } from '../../models/faster-rcnn.ts';
import { randomWeights, type WeightSource } from '../../models/weights.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { withSmaller } from './smaller-weights.ts';

/** Codes and logits of random weights are wild: smaller ones leave boxes near their anchors, and scores apart. */
export const calmed = (source: WeightSource): WeightSource =>
  withSmaller(source, /rpn\.head\.(cls|bbox)|box_predictor|mask_fcn|rfcn_bbox/);

export const CALM = calmed(randomWeights(4));

/** Options of the R-CNNs. */
export const SMALL_RCNN = {
  weights: CALM,
  resolution: 64,
  width: 1 / 16,
  channels: 8,
  hidden: 16,
  proposals: 12,
  detections: 7,
  classes: 3,
} as const;

/** Options of R-FCN, with anchors of 16, 32 and 64 pixels. */
export const SMALL_RFCN = {
  weights: CALM,
  resolution: 64,
  width: 1 / 16,
  channels: 16,
  scales: [1, 2, 4],
  proposals: 12,
  detections: 7,
  classes: 3,
} as const;

export const smallTwoStage = (): Graph => fasterRcnn(SMALL_RCNN);
