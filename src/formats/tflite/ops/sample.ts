/** Translations of operators that resample images. */
import { resize } from '../../lib/tensorflow/resize.ts';
import type { TfliteTranslation } from '../context.ts';

export const resizeBilinear: TfliteTranslation = (c) => resize(c, 'linear', c.options('ResizeBilinear'));

export const resizeNearestNeighbor: TfliteTranslation = (c) => resize(c, 'nearest', c.options('ResizeNearestNeighbor'));
