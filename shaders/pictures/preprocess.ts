/**
 * From a picture to a network's input: resampled by a table of weights for each axis, cropped or bordered, normalised, laid
 * out, in one dispatch. The same arithmetic as `preprocess` on the host, where the conventions are explained.
 *
 * Layout: the picture's colour of pixel (column, row), 0 to 255 once scaled; y: channel c of pixel (px, py) lies at
 * c_offset + px·step_x + py·step_y. Tables: those of the columns, then those of the rows; `taps` weights for each pixel.
 * Bindings: 0 first read i32, 1 weights read f32 (i32 multiples of 2^-22 with `pillow`, of 2^-11 for bytes otherwise), 2 y
 * read_write; picture.
 * Workgroup: 64 × 1 × 1, one pixel per invocation.
 * Dispatch: dispatch1d(width · height, 64).
 * Spec: where the picture is, element type of the result, and whether each axis rounds to bytes, as Pillow.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ParamFields, type PictureBinding, type ShaderModule } from '../lib/module.ts';

/** Invocations per workgroup. */
export const PREPROCESS_WORKGROUP = 64;

/** Bits behind the binary point of sums that become bytes. */
export const BYTE_BITS = 22;

const named = <T extends string>(names: readonly string[], type: T): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, type]));

/** Of a picture, as parameters are named. */
export const COLOURS = ['red', 'green', 'blue'] as const;

/** Extents and strides in elements, taps, and for each colour its place in the input, mean, deviation and border. */
export const PREPROCESS_PARAMS: ParamFields = {
  ...named(['width', 'height', 'left', 'top', 'part_width', 'part_height'], 'u32'),
  ...named(['taps_x', 'taps_y', 'step_x', 'step_y', ...COLOURS.map((c) => `${c}_offset`)], 'u32'),
  ...named([...COLOURS.map((c) => `${c}_mean`), ...COLOURS.map((c) => `${c}_std`)], 'f32'),
  ...named(
    COLOURS.map((c) => `${c}_border`),
    'f32',
  ),
};

/** What differs in the text of the shader. */
export interface PreprocessSpec {
  readonly picture: PictureBinding;
  readonly element: 'f32' | 'i32' | 'u32';
  readonly pillow: boolean;
  /** Statements that make another colour of `rgb`, before it is normalised. */
  readonly change?: string;
}

/** The sums: of exact integers, which become bytes, or of floats. */
function sampling(pillow: boolean, exact: boolean): string {
  return wgsl`
fn sample(x: u32, y: u32) -> vec3<f32> {
  let column = u32(first[x]);
  let row = u32(first[params.part_width + y]);
  let row_weights = params.part_width * params.taps_x + y * params.taps_y;
  var sum = SUM(0);
  for (var ty = 0u; ty < params.taps_y; ty++) {
    let wy = weights[row_weights + ty];
    if (wy == 0) { continue; }
    var line = SUM(0);
    for (var tx = 0u; tx < params.taps_x; tx++) {
      let wx = weights[x * params.taps_x + tx];
      if (wx == 0) { continue; }
      line += wx * SUM(colour(column + tx, row + ty));
    }
    sum += wy * ${pillow ? 'rounded(line)' : 'line'};
  }
  return vec3<f32>(${exact ? 'rounded(sum)' : 'sum'});
}`.replaceAll('SUM', exact ? 'vec3<i32>' : 'vec3<f32>');
}

const ROUNDED = `
fn rounded(sum: vec3<i32>) -> vec3<i32> {
  return clamp((sum + ${2 ** (BYTE_BITS - 1)}) >> vec3<u32>(${BYTE_BITS}), vec3<i32>(0), vec3<i32>(255));
}`;

/** The statements that give `value` for `rgb`. */
const NORMALISED = `
  let mean = vec3<f32>(params.red_mean, params.green_mean, params.blue_mean);
  let deviation = vec3<f32>(params.red_std, params.green_std, params.blue_std);
  let value = (rgb - mean) / deviation;`;

/**
 * `value` says what comes of `rgb`, in place of numbers that are normalised; it is then of whole bytes. `sampled` declares
 * another `sample`.
 */
export function preprocessShader(
  { picture, element, pillow, change = '' }: PreprocessSpec,
  value = NORMALISED,
  sampled?: string,
): ShaderModule {
  const exact = pillow || value !== NORMALISED;
  const level = picture === 'texture_external' ? '' : ', 0';
  return shaderModule({
    bindings: [
      { name: 'first', access: 'read', element: 'i32' },
      { name: 'weights', access: 'read', element: exact ? 'i32' : 'f32' },
      { name: 'y', access: 'read_write', element },
    ],
    params: PREPROCESS_PARAMS,
    picture,
    workgroupSize: [PREPROCESS_WORKGROUP, 1, 1],
    declarations: wgsl`
fn colour(column: u32, row: u32) -> vec3<f32> {
  let last = textureDimensions(picture) - 1u;
  return round(textureLoad(picture, min(vec2<u32>(column, row), last)${level}).rgb * 255.0);
}
${exact ? ROUNDED : ''}
${sampled ?? sampling(pillow, exact)}`,
    body: wgsl`
  ${linearIndex(PREPROCESS_WORKGROUP)}
  if (i >= params.width * params.height) { return; }
  let px = i % params.width;
  let py = i / params.width;
  var rgb = vec3<f32>(params.red_border, params.green_border, params.blue_border);
  // Left of the part, or above it, the difference wraps to a number beyond its extent.
  if (px - params.left < params.part_width && py - params.top < params.part_height) {
    rgb = sample(px - params.left, py - params.top);
  }
  ${change}
  ${value}
  let at = px * params.step_x + py * params.step_y;
  y[params.red_offset + at] = ${element}(value.r);
  y[params.green_offset + at] = ${element}(value.g);
  y[params.blue_offset + at] = ${element}(value.b);`,
  });
}
