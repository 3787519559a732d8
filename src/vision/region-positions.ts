/** Where the pixels of an input lie in the picture whose region fills it: in integers, so that both backends read the same pixels. */
import { InputError } from '../core/errors.ts';
import type { Preprocessing } from './picture-spec.ts';
import { regionMap, type PictureRegion } from './region-spec.ts';

/** Bits behind the binary point of a position: as many as a float32 weight holds exactly, 1 less it included. */
export const POSITION_BITS = 20;

/**
 * Two pairs of whole pixels and fractions (of 2^-20), across and down, for each column of the input and then for each row. The
 * pixel at (column, row) lies at their sum, where the picture's first pixel lies at 0. Throws InputError as `regionMap`, and for
 * a `resize` that regions do not have.
 */
export function regionPositions(region: PictureRegion, spec: Preprocessing): Int32Array {
  const { method, alignCorners, antialias, halfPixel = true } = spec.resize;
  if (method !== 'bilinear' || alignCorners || antialias) {
    throw new InputError(`a region is sampled bilinearly, and resize is ${JSON.stringify(spec.resize)}`, {
      hint: "Give preprocessing with resize { method: 'bilinear' }, or prepare the whole picture",
    });
  }
  const { a, b, c, d, e, f } = regionMap(region, spec);
  // Without half pixels the first pixel of the input is the corner of the region, as OpenCV's warpPerspective has it.
  const half = halfPixel ? 0.5 : 0;
  const fixed: number[] = [];
  const push = (value: number): void => {
    const whole = Math.floor(value);
    fixed.push(whole, Math.round((value - whole) * 2 ** POSITION_BITS));
  };
  for (let i = 0; i < spec.width; i++) for (const step of [a, b]) push(step * (i + half));
  for (let j = 0; j < spec.height; j++) {
    push(c * (j + half) + e - half);
    push(d * (j + half) + f - half);
  }
  return Int32Array.from(fixed);
}
