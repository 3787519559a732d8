/** Cases of CropAndResize: both modes, boxes inside, of all of an image, beyond it, inside out, and none at all. */
import type { OpAttributes } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

/** Exact in binary: whole images, parts, beyond the edges, without extent, inside out. */
export const CROP_BOXES = [
  [0, 0, 1, 1],
  [0.25, 0.125, 0.75, 0.875],
  [-0.5, -0.25, 0.5, 0.75],
  [0.5, 0.5, 1.5, 2],
  [0.375, 0.5, 0.375, 0.5],
  [1, 1, 0, 0.25],
  [2, 2, 3, 3],
];

function cropCase(
  name: string,
  x: readonly number[],
  attributes: Partial<OpAttributes['CropAndResize']>,
  boxes: readonly (readonly number[])[] = CROP_BOXES,
): OpCase<'CropAndResize'> {
  const images = x[0] ?? 1;
  return {
    name,
    op: 'CropAndResize',
    inputs: [
      { shape: x },
      { shape: [boxes.length, 4], values: boxes.flat() },
      { dtype: 'int32', shape: [boxes.length], values: boxes.map((_, i) => i % images) },
    ],
    attributes: { mode: 'linear', outputHeight: 3, outputWidth: 5, extrapolation: 0, ...attributes },
    noOracle: 'ONNX has no operator that crops by boxes; TensorFlow.js judges its graphs',
  };
}

export const cropAndResizeCases: readonly OpCase<'CropAndResize'>[] = [
  cropCase('bilinear', [2, 7, 9, 4], { extrapolation: -2 }),
  cropCase('nearest', [3, 7, 9, 5], { mode: 'nearest', extrapolation: 0.5 }),
  cropCase('one pixel of the crop', [1, 5, 3, 3], { outputHeight: 1, outputWidth: 1 }),
  cropCase('one pixel of the image', [1, 1, 1, 8], { mode: 'nearest' }),
  cropCase('channels beyond a workgroup', [1, 3, 4, 260], {}, [[0, 0, 1, 1]]),
  cropCase('no boxes', [1, 7, 9, 4], {}, []),
  // Whole images, to extents by which their own do not divide exactly.
  cropCase('all of an image', [1, 12, 8, 1], { outputHeight: 8, outputWidth: 14, extrapolation: 99 }, [[0, 0, 1, 1]]),
  cropCase('boxes without bounds', [1, 7, 9, 3], { extrapolation: 9 }, [
    [NaN, 0, 1, 1],
    [0, 0, 1, Infinity],
    [-Infinity, 0, 1, 1],
    [-4096, 0, 4096, 1],
  ]),
];
