/** NonMaxSuppression V2 to V5: boxes, scores, most boxes, IoU threshold, score threshold (from V3 on), sigma (V5). */
import { suppressionOf } from '../../../lib/tensorflow/suppression.ts';
import type { GraphTranslation } from '../context.ts';

/** Indices, of all scores but −∞. */
export const nonMaxSuppressionV2: GraphTranslation = (c) =>
  suppressionOf(c, { score: c.scalar('float32', -Infinity), sigma: 0, padded: false }).indices;

/** Indices. */
export const nonMaxSuppressionV3: GraphTranslation = (c) =>
  suppressionOf(c, { score: c.input(4), sigma: 0, padded: false }).indices;

/** Indices and how many they are. */
export const nonMaxSuppressionV4: GraphTranslation = (c) => {
  const padded = c.attr.bool('pad_to_max_output_size', false);
  const { indices, count } = suppressionOf(c, { score: c.input(4), sigma: 0, padded });
  return [indices, count];
};

/** Indices, scores, and how many they are. */
export const nonMaxSuppressionV5: GraphTranslation = (c) => {
  const padded = c.attr.bool('pad_to_max_output_size', false);
  const [sigma = NaN] = c.constantInput(5)?.data ?? c.refuse('a sigma computed at run time');
  const { indices, scores, count } = suppressionOf(c, { score: c.input(4), sigma, padded });
  return [indices, scores, count];
};
