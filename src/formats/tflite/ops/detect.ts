/** NON_MAX_SUPPRESSION_V4: boxes, scores, most boxes, IoU threshold, score threshold. */
import { suppressionOf } from '../../lib/tensorflow/suppression.ts';
import type { TfliteTranslation } from '../context.ts';

/** More boxes than this are asked for by damaged files alone. */
const MOST_BOXES = 2 ** 20;

/** Indices, zeros behind those that are chosen, and how many they are. */
export const nonMaxSuppressionV4: TfliteTranslation = (c) => {
  const most = c.knownInt(2, 'the most boxes');
  if (most < 0 || most > MOST_BOXES) c.refuse(`${most} boxes at most`);
  const { indices, count } = suppressionOf(c, { score: c.input(4), sigma: 0, padded: true });
  const missing = Math.max(0, most - (c.shape(1)[0] ?? 0));
  if (missing === 0) return [indices, count];
  return [c.one('Pad', [indices, c.ints([0, missing])], { mode: 'constant' }), count];
};
