/** Translations of normalisations. */
import { NO_ACTIVATION } from '../../../../../ir/ops.ts';
import type { GraphTranslation } from '../../context.ts';
import { requireChannelsLast } from '../window.ts';

const batchNorm: GraphTranslation = (c) => {
  const problems: string[] = [];
  requireChannelsLast(c, problems);
  // 1e-4 is the operator's own default. `is_training` is not read: the converter only keeps inference graphs.
  const epsilon = c.attr.float('epsilon', 1e-4);
  c.refuseAll(problems);
  return c.one('BatchNormalization', c.inputs(0, 5), { axis: -1, epsilon, activation: NO_ACTIVATION });
};

const softmax =
  (log: boolean): GraphTranslation =>
  (c) =>
    c.one('Softmax', [c.input(0)], { axes: [-1], log });

/** Rows of the operator table. */
export const NORMALISE = {
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
  Softmax: softmax(false),
  LogSoftmax: softmax(true),
};
