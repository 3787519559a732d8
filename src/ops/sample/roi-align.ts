/** RoiAlign: maps of one size from boxes of any size, by samples between pixels (Mask R-CNN, arXiv:1703.06870). */
import { lazy } from '../../core/on-demand.ts';
import { elementCount } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { boundByBoxes, boxCount, mapOperand, requireBins, requireImageIndices, requireSamples } from '../lib/rois.ts';

/**
 * x `[N, H, W, C]`, rois `[R, 4]`, batchIndices `[R]` to `[R, outputHeight, outputWidth, C]`. Throws ShapeError on other ranks
 * and types, on a map without pixels, and on sizes or ratios that are no counts.
 */
export const roiAlign: OpDefinition<'RoiAlign'> = {
  infer: ({ attributes }, inputs) => {
    const { dtype, shape } = mapOperand(inputs, 'RoiAlign');
    const count = boxCount(inputs, 1, 4);
    requireImageIndices(inputs, 2, count);
    const { outputHeight, outputWidth, samplingRatio } = attributes;
    requireBins(attributes);
    requireSamples(samplingRatio, 0);
    const pooled = [count, outputHeight, outputWidth, at(shape, 3)];
    elementCount(pooled);
    return [{ dtype, shape: pooled }];
  },
  bounded: boundByBoxes([1, 2]),
  reference: lazy(() => import('./roi-align-loop.ts'), 'roiAlignReference'),
  work: ({ attributes: { samplingRatio } }, [x], [y]) => {
    const [, h = 1, w = 1] = x?.shape ?? [];
    // Samples of pixels that lie in a box are half a pixel apart at least.
    const samples = samplingRatio > 0 ? samplingRatio ** 2 : 4 * (h + 1) * (w + 1);
    return 4 * samples * (y ? elementCount(y.shape) : 1);
  },
};
