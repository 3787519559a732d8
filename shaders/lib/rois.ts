/** Regions of maps: where the samples of a bin lie. The same steps in the same order as the reference, so that edges are equal. */
import { wgsl } from './module.ts';

/** What boxes mean: a pixel's middle is at a half, and no box is made a pixel wide. */
export interface RoiSpec {
  readonly halfPixel: boolean;
}

/**
 * Declares `fn bin_of(low, high, bins, index) -> Bin`: where bin `index` of a box begins, its width and that of the box, all in
 * pixels; parameter `scale`.
 */
export function binFunction({ halfPixel }: RoiSpec): string {
  return wgsl`
struct Bin { start: f32, width: f32, size: f32 }
fn bin_of(low: f32, high: f32, bins: u32, index: u32) -> Bin {
#if ${halfPixel}
  let start = low * params.scale - 0.5;
  let size = high * params.scale - 0.5 - start;
#else
  let start = low * params.scale;
  let span = high * params.scale - start;
  let size = select(span, 1.0, span < 1.0);
#endif
  let width = size / f32(bins);
  return Bin(start + f32(index) * width, width, size);
}`;
}

/**
 * Declares `fn sample_of(position, extent) -> Sample`: the lower pixel, how much the next one takes, and whether the sample is on
 * the map at all. The next pixel is the same one where it takes nothing at the edge.
 */
export const ROI_SAMPLE_FUNCTION = wgsl`
struct Sample { low: i32, high: i32, share: f32, on: bool }
fn sample_of(position: f32, extent: i32) -> Sample {
  let on = position >= -1.0 && position <= f32(extent);
  let inside = clamp(position, 0.0, f32(extent - 1));
  let low = clamp(i32(inside), 0, extent - 1);
  return Sample(low, min(low + 1, extent - 1), inside - f32(low), on);
}`;
