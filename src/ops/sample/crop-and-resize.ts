/** CropAndResize: parts of images, each brought to one size (TensorFlow's operator of this name). */
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import { elementCount } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { boundByBoxes, boxCount, mapOperand, requireImageIndices, requireWhole } from '../lib/rois.ts';

/**
 * x `[N, H, W, C]`, boxes `[R, 4]`, boxIndices `[R]` to `[R, outputHeight, outputWidth, C]`. Throws ShapeError on other ranks and types, on
 * an image without pixels, and on sizes that are no counts.
 */
export const cropAndResize: OpDefinition<'CropAndResize'> = {
  infer: ({ attributes }, inputs) => {
    const { dtype, shape } = mapOperand(inputs, 'CropAndResize');
    const count = boxCount(inputs, 1, 4);
    requireImageIndices(inputs, 2, count);
    const { outputHeight, outputWidth, extrapolation } = attributes;
    requireWhole(outputHeight, 1, 'outputHeight');
    requireWhole(outputWidth, 1, 'outputWidth');
    if (Number.isNaN(extrapolation)) throw new ShapeError('the extrapolation value is NaN');
    const cropped = [count, outputHeight, outputWidth, at(shape, 3)];
    elementCount(cropped);
    return [{ dtype, shape: cropped }];
  },
  bounded: boundByBoxes([1, 2]),
  reference: lazy(() => import('./crop-and-resize-loop.ts'), 'cropAndResizeReference'),
  work: ({ attributes: { mode } }, _inputs, [y]) => (mode === 'linear' ? 4 : 1) * (y ? elementCount(y.shape) : 1),
};
