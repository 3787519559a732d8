/** MaxRoiPool: maps of one size from boxes of any size, by maxima of whole pixels (Fast R-CNN, arXiv:1504.08083). */
import { lazy } from '../../core/on-demand.ts';
import { elementCount } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { boundByBoxes, boxCount, mapOperand, requireBins } from '../lib/rois.ts';

/**
 * x `[N, H, W, C]`, rois `[R, 5]` to `[R, outputHeight, outputWidth, C]`. Throws ShapeError on other ranks and types, on a map
 * without pixels, and on sizes that are no counts.
 */
export const maxRoiPool: OpDefinition<'MaxRoiPool'> = {
  infer: ({ attributes }, inputs) => {
    const { dtype, shape } = mapOperand(inputs, 'MaxRoiPool');
    const count = boxCount(inputs, 1, 5);
    const { outputHeight, outputWidth } = attributes;
    requireBins(attributes);
    const pooled = [count, outputHeight, outputWidth, at(shape, 3)];
    elementCount(pooled);
    return [{ dtype, shape: pooled }];
  },
  bounded: boundByBoxes([1]),
  reference: lazy(() => import('./max-roi-pool-loop.ts'), 'maxRoiPoolReference'),
  work: (_node, [x], [y]) => {
    const [, h = 1, w = 1] = x?.shape ?? [];
    const [, down = 1, across = 1] = y?.shape ?? [];
    // A pixel in each bin beside those of its own, at the most.
    return (y ? elementCount(y.shape) : 1) * (h / down + 1) * (w / across + 1);
  },
};
