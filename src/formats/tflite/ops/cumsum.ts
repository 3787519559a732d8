/** Sums of all elements up to each, or from each on. */
import type { TfliteTranslation } from '../context.ts';

/** CUMSUM(x, axis). */
export const cumsum: TfliteTranslation = (c) => {
  const { exclusive, reverse } = c.options('Cumsum');
  const dtype = c.outputDtype();
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'int64') c.refuse(`sums of ${dtype}`);
  const [rank, axis] = [c.shape(0).length, c.knownInt(1, 'an axis')];
  if (axis < -rank || axis >= rank) c.fail(`has axis ${axis} of ${rank} dimensions`);
  return c.one('CumSum', [c.input(0)], { axis, exclusive, reverse });
};
