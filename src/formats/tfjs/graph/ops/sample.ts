/** Translations of operators that resample images. */
import { resize } from '../../../lib/tensorflow/resize.ts';
import type { GraphTranslation } from '../context.ts';

const resizeRow =
  (mode: 'linear' | 'nearest'): GraphTranslation =>
  (c) =>
    resize(c, mode, {
      alignCorners: c.attr.bool('align_corners', false),
      halfPixelCenters: c.attr.bool('half_pixel_centers', false),
    });

export const resizeBilinear = resizeRow('linear');
export const resizeNearestNeighbor = resizeRow('nearest');
