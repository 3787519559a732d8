/** Samples of an image between its pixels, of which those outside count 0, as WGSL: where a sample's four corners lie, and how much each counts. */
import { isNanFunction } from './numbers.ts';
import { range } from '../../src/util/arrays.ts';

/** Parameters of a deformed window: an image of in_h × in_w pixels, and where its taps lie before they are moved. */
export const DEFORM_PARAMS = {
  in_h: 'u32',
  in_w: 'u32',
  out_h: 'u32',
  out_w: 'u32',
  kernel_h: 'u32',
  kernel_w: 'u32',
  stride_h: 'u32',
  stride_w: 'u32',
  dilation_h: 'u32',
  dilation_w: 'u32',
  pad_top: 'u32',
  pad_left: 'u32',
  offset_groups: 'u32',
} as const;

/**
 * Declares `fn sample_at(y, x) -> Sample`: the pixels of the corners in the image, their weights, and which are inside. Of a
 * coordinate that is NaN, or however far outside, none is.
 */
export const SAMPLE_FUNCTION = `${isNanFunction(1)}
struct Sample { pixels: vec4<u32>, weights: vec4<f32>, inside: vec4<bool> }
fn sample_at(y: f32, x: f32) -> Sample {
  let ends = vec2<i32>(i32(params.in_h), i32(params.in_w));
  // What is beyond an i32 is outside as well as the second pixel before the image.
  let held = clamp(vec2<f32>(y, x), vec2<f32>(-2.0), vec2<f32>(ends));
  let at = select(held, vec2<f32>(-2.0), is_nan(y) || is_nan(x));
  let first = floor(at);
  let far = at - first;
  let near = 1.0 - far;
  let corner = vec2<i32>(first);
  let low = vec2<bool>(corner.x >= 0i && ends.x > corner.x, corner.y >= 0i && ends.y > corner.y);
  let high = vec2<bool>(corner.x >= -1i && ends.x > corner.x + 1i, corner.y >= -1i && ends.y > corner.y + 1i);
  let row = vec2<u32>(clamp(vec2<i32>(corner.x, corner.x + 1i), vec2<i32>(), vec2<i32>(ends.x - 1i))) * params.in_w;
  let column = vec2<u32>(clamp(vec2<i32>(corner.y, corner.y + 1i), vec2<i32>(), vec2<i32>(ends.y - 1i)));
  return Sample(
    vec4<u32>(row.x + column.x, row.x + column.y, row.y + column.x, row.y + column.y),
    vec4<f32>(near.x * near.y, near.x * far.y, far.x * near.y, far.x * far.y),
    vec4<bool>(low.x && low.y, low.x && high.y, high.x && low.y, high.x && high.y),
  );
}`;

/** Declares `s` and the corners' addresses `at0` to `at3`, in units of `unit` elements, for a tap whose offsets are at `place`. */
export function declareSample(mask: boolean, unit: string): string {
  const address = (i: number): string => `  let at${i} = (image + s.pixels[${i}] * params.x_pitch) / ${unit};`;
  return `  let s = sample_at(
    f32(i32(oy * params.stride_h + ky * params.dilation_h) - i32(params.pad_top)) + f32(offset[place * 2u]),
    f32(i32(ox * params.stride_w + kx * params.dilation_w) - i32(params.pad_left)) + f32(offset[place * 2u + 1u]));
${mask ? '  let factor = f32(mask[place]);\n' : ''}${range(4).map(address).join('\n')}`;
}

/** The sample of channel (or channels) `c`, of the given type. */
export function sampled(type: string, mask: boolean, c: string): string {
  const corner = (i: number): string =>
    `select(${type}(), s.weights[${i}] * ${type}(x[at${i} + ${c}]), s.inside[${i}])`;
  const sum = range(4).map(corner).join(' + ');
  return mask ? `(${sum}) * factor` : sum;
}
