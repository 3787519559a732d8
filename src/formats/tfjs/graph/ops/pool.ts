/** Translations of pools. */
import type { GraphTranslation } from '../context.ts';
import { spatial, windowOf } from './window.ts';

/** A pool over `dims` dimensions. */
export const poolRow =
  (op: 'MaxPool' | 'AveragePool', dims = 2): GraphTranslation =>
  (c) => {
    const window = windowOf(c, dims);
    const problems: string[] = [];
    const kernel = spatial(c, 'ksize', problems, dims);
    c.refuseAll(problems);
    // Both TensorFlow pools leave padding out of the window: a maximum never sees it, an average does not count it.
    if (op === 'MaxPool') return c.one(op, [c.input(0)], { ...window, kernel, ceilMode: false });
    return c.one(op, [c.input(0)], { ...window, kernel, ceilMode: false, countIncludePad: false });
  };

/** Rows of the operator table. */
export const POOL = {
  MaxPool: poolRow('MaxPool'),
  AvgPool: poolRow('AveragePool'),
};
