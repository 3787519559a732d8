/** TensorFlow's resizing of images. */
import type { CoordinateMode, NearestMode } from '../../../ir/ops.ts';
import { PLAIN_RESIZE } from '../../../ir/shapes/resize.ts';
import type { OperandSource } from './operands.ts';

/** Which points of input and output coincide; neither: the first pixels' corners. */
export interface ResizeCorners {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** How the engine calls these corners. */
export function cornersOf({ alignCorners, halfPixelCenters }: ResizeCorners): CoordinateMode {
  return alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric';
}

/** ResizeBilinear and ResizeNearestNeighbor of `[N, H, W, C]`, sizes. */
export function resize(c: OperandSource, mode: 'linear' | 'nearest', corners: ResizeCorners): string {
  const { alignCorners: aligned, halfPixelCenters: halfPixel } = corners;
  const coordinateMode = cornersOf(corners);
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
}
