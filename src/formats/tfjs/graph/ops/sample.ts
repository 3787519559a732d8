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

/** CropAndResize of `[N, H, W, C]`, boxes, their images, and a size; results are float32 whatever the images are. */
export const cropAndResize: GraphTranslation = (c) => {
  const [outputHeight = 0, outputWidth = 0, ...rest] = c.knownInts(3, 'a crop size');
  if (rest.length > 0) c.fail('a crop size must be two numbers');
  const method = c.attr.string('method', 'bilinear');
  if (method !== 'bilinear' && method !== 'nearest') c.refuse(`method ${method}`);
  const type = c.attr.dtype('T') ?? 'float32';
  const x = type === 'float32' ? c.input(0) : c.one('Cast', [c.input(0)], { to: 'float32' });
  return c.one('CropAndResize', [x, c.input(1), c.input(2)], {
    mode: method === 'nearest' ? 'nearest' : 'linear',
    outputHeight,
    outputWidth,
    extrapolation: c.attr.float('extrapolation_value', 0),
  });
};
