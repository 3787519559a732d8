/** Translations of operators that resample images. */
import type { CoordinateMode, NearestMode } from '../../../../ir/ops.ts';
import { PLAIN_RESIZE } from '../../../../ir/shapes/resize.ts';
import type { GraphTranslation } from '../context.ts';

const resize =
  (mode: 'linear' | 'nearest'): GraphTranslation =>
  (c) => {
    const aligned = c.attr.bool('align_corners', false);
    const halfPixel = c.attr.bool('half_pixel_centers', false);
    const coordinateMode: CoordinateMode = aligned ? 'align_corners' : halfPixel ? 'half_pixel' : 'asymmetric';
    // Nearest: TensorFlow rounds half up with aligned corners, and floors otherwise; with half-pixel centres it floors
    // a coordinate that is half a pixel further than the engine's, which is rounding half up too.
    const nearestMode: NearestMode = aligned || halfPixel ? 'round_prefer_ceil' : 'floor';
    return c.one('Resize', [c.input(0), '', c.int64Input(1)], {
      ...PLAIN_RESIZE,
      axes: [1, 2],
      mode,
      coordinateMode,
      nearestMode,
    });
  };

export const resizeBilinear = resize('linear');
export const resizeNearestNeighbor = resize('nearest');
