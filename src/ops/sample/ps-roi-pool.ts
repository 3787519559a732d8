/** PsRoiPool: means of whole pixels, each bin in channels of its own (R-FCN, arXiv:1605.06409). */
import { lazy } from '../../core/on-demand.ts';
import { elementCount } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { boundByBoxes, boxCount, channelsOfGroups, mapOperand, requireBins } from '../lib/rois.ts';

/**
 * x `[N, H, W, C]`, rois `[R, 5]` to `[R, outputHeight, outputWidth, C / (outputHeight · outputWidth)]`. Throws ShapeError on other ranks
 * and types, on a map without pixels, on sizes that are no counts, and on channels that do not divide into bins.
 */
export const psRoiPool: OpDefinition<'PsRoiPool'> = {
  infer: ({ attributes }, inputs) => {
    const { dtype, shape } = mapOperand(inputs, 'PsRoiPool');
    const count = boxCount(inputs, 1, 5);
    requireBins(attributes);
    const { outputHeight, outputWidth } = attributes;
    const pooled = [count, outputHeight, outputWidth, channelsOfGroups(at(shape, 3), outputHeight, outputWidth)];
    elementCount(pooled);
    return [{ dtype, shape: pooled }];
  },
  bounded: boundByBoxes([1]),
  reference: lazy(() => import('./ps-roi-pool-loop.ts'), 'psRoiPoolReference'),
  work: (_node, [x], [y]) => {
    const [, h = 1, w = 1] = x?.shape ?? [];
    const [, down = 1, across = 1] = y?.shape ?? [];
    // A pixel in each bin beside those of its own, at the most.
    return (y ? elementCount(y.shape) : 1) * (h / down + 1) * (w / across + 1);
  },
};
