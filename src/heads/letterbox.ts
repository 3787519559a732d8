/** How YOLOs are shown a picture: as large as fits, the rest grey. */
import type { Preprocessing } from '../vision/picture-spec.ts';

/** RGB in 0…1. */
export const LETTERBOX = {
  fit: 'contain',
  padding: [114, 114, 114],
  mean: [0, 0, 0],
  std: [255, 255, 255],
} as const satisfies Partial<Preprocessing>;
