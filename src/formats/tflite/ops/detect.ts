/**
 * NON_MAX_SUPPRESSION_V4 and V5: boxes, scores, most boxes, IoU threshold, score threshold, sigma (V5). LiteRT chooses a box
 * without area again and again, since it does not overlap itself; here it stands once, as in TensorFlow.
 */
import { suppressionOf } from '../../lib/tensorflow/suppression.ts';
import type { OperatorContext, TfliteTranslation } from '../context.ts';

/** More boxes than this are asked for by damaged files alone. */
const MOST_BOXES = 2 ** 20;

/** Zeros behind what there is of the most boxes. */
function filled(c: OperatorContext): (x: string) => string {
  const most = c.knownInt(2, 'the most boxes');
  if (most < 0 || most > MOST_BOXES) c.refuse(`${most} boxes at most`);
  const missing = Math.max(0, most - (c.shape(1)[0] ?? 0));
  return (x) => (missing === 0 ? x : c.one('Pad', [x, c.ints([0, missing])], { mode: 'constant' }));
}

/** Indices, zeros behind those that are chosen, and how many they are. */
export const nonMaxSuppressionV4: TfliteTranslation = (c) => {
  const fill = filled(c);
  const { indices, count } = suppressionOf(c, { score: c.input(4), sigma: 0, padded: true });
  return [fill(indices), count];
};

/** Indices and scores, zeros behind those of boxes that are chosen, and how many they are. */
export const nonMaxSuppressionV5: TfliteTranslation = (c) => {
  const fill = filled(c);
  const [sigma = NaN] = c.constantInput(5)?.data ?? c.refuse('a sigma computed at run time');
  const { indices, scores, count } = suppressionOf(c, { score: c.input(4), sigma, padded: true });
  return [fill(indices), fill(scores), count];
};
