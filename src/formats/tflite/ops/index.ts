/** Translations of operators that choose elements by their index or value. */
import { oneHotOf } from '../../lib/composites.ts';
import { gather as gatherOf, topK as topKOf, whereOf } from '../../lib/tensorflow/gather.ts';
import type { TfliteTranslation } from '../context.ts';

export { gatherNd } from '../../lib/tensorflow/gather.ts';

/** A vocabulary larger than this is no vision model but a damaged depth. */
const MAX_DEPTH = 2 ** 20;

/** A negative axis counts from the last dimension. */
export const gather: TfliteTranslation = (c) => {
  const { axis, batchDims } = c.options('Gather');
  const from = axis < 0 ? axis + c.shape(0).length : axis;
  return gatherOf(c, from, batchDims < 0 ? batchDims + c.shape(1).length : batchDims);
};

export const topK: TfliteTranslation = (c) => {
  const type = c.outputDtype(1);
  if (type !== 'int32') c.refuse(`indices of ${type}`);
  return topKOf(c);
};

/** ONE_HOT(indices, depth, on, off) along a new dimension. */
export const oneHot: TfliteTranslation = (c) => {
  const { axis } = c.options('OneHot');
  const rank = c.shape(0).length;
  if (axis < -1 || axis > rank) c.fail(`has axis ${axis} for indices of ${rank} dimensions`);
  const depth = c.knownInt(1, 'a depth');
  if (depth < 0 || depth > MAX_DEPTH) c.refuse(`depth ${depth}`);
  const behind = axis < 0 ? 0 : rank - axis;
  return oneHotOf(c, c.input(0), depth, { on: c.input(2), off: c.input(3), behind });
};

/** Coordinates of what is not zero, one a row. */
export const where: TfliteTranslation = (c) => whereOf(c, c.outputDtype() === 'int32' ? 'int32' : 'int64');
