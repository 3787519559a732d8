/** How networks of the catalogue have their pictures, as differences from the plainest way. */
import type { Preprocessing } from '../vision/picture-spec.ts';
import { plainPicture } from '../vision/plain-picture.ts';

/** A square picture; `over` says what differs from the plainest way to prepare it. */
export const picture = (side: number, over: Partial<Preprocessing> = {}): Preprocessing =>
  plainPicture(side, side, over);

/** How TensorFlow.js resizes unless told otherwise: pixel i sits at i. */
export const TFJS_RESIZE = { method: 'bilinear', halfPixel: false } as const;

/** Values in 0…1. */
export const UNIT = { std: [255, 255, 255] } as const;

/** Values in −1…1. */
export const SIGNED = { mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] } as const;
