/** Regions of maps: where the samples of a bin lie. The same steps in the same order as the reference, so that edges are equal. */
import { f32, u32 } from './literal.ts';
import { wgsl } from './module.ts';

/** Invocations per workgroup of kernels whose lanes are channels. */
export const ROI_WORKGROUP = 64;

/** Declares `item`, what the lanes of a row of the workgroup work on together. */
export function roiItem(lanes: number, workgroup = ROI_WORKGROUP): string {
  return wgsl`
#if ${lanes === workgroup}
  let item = wid.y * groups.x + wid.x;
#else
  let item = (wid.y * groups.x + wid.x) * ${u32(workgroup / lanes)} + lid.y;
#endif
  if (item >= params.count) { return; }`;
}

/** Declares box `r` and its bin, `bin_y` and `bin_x`, of `item`. */
export const ROI_BIN = wgsl`
  let line = item / params.out_w;
  let bin_x = item - line * params.out_w;
  let r = line / params.out_h;
  let bin_y = line - r * params.out_h;`;

/**
 * Declares `fn no_number(v) -> bool`, and `fn pixel_of(v) -> i32`, the pixel next to v, halves away from zero, where all that is further
 * out than `furthest` is as if it were there.
 */
export const pixelFunctions = (furthest: number): string => wgsl`
fn no_number(v: f32) -> bool { return (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u; }
fn pixel_of(scaled: f32) -> i32 {
  let size = min(abs(scaled), ${f32(furthest)});
  let whole = floor(size);
  let pixel = i32(whole) + select(0, 1, size - whole >= 0.5);
  return select(pixel, -pixel, scaled < 0.0);
}`;

/** Declares `fn image_of(named) -> u32`: the image that a box names, or the nearest that exists; parameter `images`, a u32. */
export const IMAGE_FUNCTION = wgsl`
fn image_of(named: f32) -> u32 {
  return u32(clamp(select(named, 0.0, no_number(named)), 0.0, f32(params.images - 1u)));
}`;

/** What boxes mean: a pixel's middle is at a half, and no box is made a pixel wide. */
export interface RoiSpec {
  readonly halfPixel: boolean;
  /** Ends are whole pixels, the last of which belongs to the box; needs `pixelFunctions`. Not at all by default. */
  readonly whole?: boolean;
}

/**
 * Declares `fn bin_of(low, high, bins, index) -> Bin`: where bin `index` of a box begins, its width and that of the box, all in
 * pixels; parameter `scale`.
 */
export function binFunction({ halfPixel, whole = false }: RoiSpec): string {
  return wgsl`
struct Bin { start: f32, width: f32, size: f32 }
fn bin_of(low: f32, high: f32, bins: u32, index: u32) -> Bin {
#if ${whole}
  let start = select(f32(pixel_of(low)), low, no_number(low)) * params.scale - 0.5;
  let span = (select(f32(pixel_of(high)), high, no_number(high)) + 1.0) * params.scale - 0.5 - start;
  let size = select(span, 0.1, span < 0.1);
#elif ${halfPixel}
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
 * Declares `fn sample_of(position, extent) -> Sample`: the lower pixel, how much the next one takes, and whether the sample is no
 * further than `reach` pixels from the middle of one. The next pixel is the same one where it takes nothing at the edge.
 */
export const roiSampleFunction = (reach = 1): string => wgsl`
struct Sample { low: i32, high: i32, share: f32, on: bool }
fn sample_of(position: f32, extent: i32) -> Sample {
  let on = position >= ${f32(-reach)} && position <= f32(extent) - ${f32(1 - reach)};
  let inside = clamp(position, 0.0, f32(extent - 1));
  let low = clamp(i32(inside), 0, extent - 1);
  return Sample(low, min(low + 1, extent - 1), inside - f32(low), on);
}`;

/** Declares `fn weighed(v, w)`: a sample of type `element` by its weight. */
export const weighedFunction = (
  element: string,
): string => wgsl`// What has no weight is not looked at: it may be infinite.
fn weighed(v: ${element}, w: f32) -> ${element} { return select(v * w, ${element}(0.0), w == 0.0); }`;

/**
 * The four pixels around a sample, each by its share, as expressions: of samples `v` and `h`, whose rows begin at `top` and `bottom`.
 * `load` reads what is wanted of a pixel.
 */
export function weighedCorners(load: (pixel: string) => string): [string, string, string, string] {
  const corner = (row: 'top' | 'bottom', side: 'low' | 'high'): string => {
    const [down, across] = [
      row === 'top' ? '(1.0 - v.share)' : 'v.share',
      side === 'low' ? '(1.0 - h.share)' : 'h.share',
    ];
    return `weighed(${load(`(${row} + h.${side})`)}, ${down} * ${across})`;
  };
  return [corner('top', 'low'), corner('top', 'high'), corner('bottom', 'low'), corner('bottom', 'high')];
}

/** Which samples a bin has. */
export interface RoiSamplesSpec {
  /** As many as it has pixels, else parameter `grid`. */
  readonly adaptive: boolean;
  /** Where the first lies, in widths of samples; in its middle by default. */
  readonly phase?: number;
}

/**
 * Declares `fn samples_of(bin, bins, extent) -> Range` and `fn position_of(bin, grid, k)`: samples of a bin, how many, and those that may
 * be on the map, so that a box without bounds takes no longer than the map. The number is checked by a product, which is exact, for a
 * quotient may be rounded up.
 */
export const roiSamplesFunction = ({ adaptive, phase = 0.5 }: RoiSamplesSpec): string => wgsl`
struct Range { grid: f32, first: i32, last: i32 }
fn samples_of(bin: Bin, bins: u32, extent: i32) -> Range {
#if ${adaptive}
  if (!(bin.size > 0.0 && bin.size < 1e30)) { return Range(0.0, 0, -1); }
  var grid = ceil(bin.size / f32(bins));
  if (grid < 16777216.0 && (grid - 1.0) * f32(bins) >= bin.size) { grid -= 1.0; }
  let first = clamp(floor((-1.0 - bin.start) / bin.width * grid) - 2.0, 0.0, 2e9);
  let last = clamp(ceil((f32(extent) - bin.start) / bin.width * grid) + 2.0, -1.0, min(grid - 1.0, 2e9));
  return Range(grid, i32(first), i32(last));
#else
  return Range(f32(params.grid), 0, i32(params.grid) - 1);
#endif
}
fn position_of(bin: Bin, grid: f32, k: i32) -> f32 {
  return bin.start + (f32(k) + ${f32(phase)}) * bin.width / grid;
}`;
