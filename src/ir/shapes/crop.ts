/** What the reference and the kernel of CropAndResize have in common. */

/** Parts of an image that a place may lie beyond its outermost pixels: rounding puts it there, and they are meant. */
export const CROP_SLACK = Math.fround(1e-6);

/** Pixels of an image that those of a crop of all of it are apart, in float32. */
export function cropRatio(extent: number, size: number): number {
  return Math.fround((extent - 1) / Math.max(1, size - 1));
}
