/** Strips of neighbouring output pixels: the input columns that they see, as WGSL scalars that the products name. */
import { range } from '../../src/util/arrays.ts';
import { i32, u32 } from './literal.ts';
import { lines } from './product.ts';
import type { WindowSpec } from './window.ts';

/**
 * How the input is read: `vectors` of four channels; single channels (`scalars`); or `rows` of few channels that lie
 * densely, so that a strip's input is one run of elements, read in vectors whatever their place in a pixel.
 */
export type StripInput =
  { readonly kind: 'vectors' } | { readonly kind: 'scalars' } | { readonly kind: 'rows'; readonly channels: number };

/** The structure of a strip. */
export interface StripSpec {
  readonly window: WindowSpec;
  readonly pixels: number;
  readonly input: StripInput;
}

/** Channels that one step multiplies. */
export function stripDepth(input: StripInput): number {
  return input.kind === 'rows' ? input.channels : input.kind === 'vectors' ? 4 : 1;
}

/** Input columns, from the first that the strip sees, that some tap of some pixel needs. */
function columnsOf({ window, pixels }: StripSpec): number[] {
  const taps = range(window.kernel[1]);
  const all = range(pixels).flatMap((p) => taps.map((tap) => columnOf({ window }, p, tap)));
  return [...new Set(all)].sort((a, b) => a - b);
}

/** The column that tap `tap` of pixel `pixel` sees. */
export function columnOf({ window }: Pick<StripSpec, 'window'>, pixel: number, tap: number): number {
  return pixel * window.strides[1] + tap * window.dilations[1];
}

/** The scalar that holds channel `c` of a step, of a column. */
export function columnScalar({ input }: StripSpec, column: number, c: number): string {
  if (input.kind === 'vectors') return `x${column}.${'xyzw'.charAt(c)}`;
  return input.kind === 'scalars' ? `x${column}` : `x${column}_${c}`;
}

/**
 * Declares where the columns of a kernel row are and which of them lie inside, given `left` (the first column; before the
 * image it wraps), `line_at` (the element where the input row starts), and `line_inside`.
 */
export function declareColumns(spec: StripSpec): string {
  const columns = columnsOf(spec);
  const inside = columns.map((j) => `    let inside${j} = line_inside && left + ${u32(j)} < params.in_w;`);
  if (spec.input.kind === 'rows') return inside.join('\n');
  const depth = u32(stripDepth(spec.input));
  const places = columns.map((j) => `    let at${j} = (line_at + (left + ${u32(j)}) * params.x_pitch) / ${depth};`);
  return [...inside, ...places].join('\n');
}

/** Loads the columns for step `c`; zero where they lie outside. */
export function loadColumns(spec: StripSpec): string {
  const { input } = spec;
  if (input.kind === 'rows') return loadRun(spec, input.channels);
  const type = input.kind === 'vectors' ? 'vec4<f32>' : 'f32';
  return columnsOf(spec)
    .map((j) => `      let x${j} = select(${type}(), ${type}(x[at${j} + c]), inside${j});`)
    .join('\n');
}

/** Element `e` of a run, once it is in place. */
function runScalar(e: number): string {
  return `run${Math.floor(e / 4)}.${'xyzw'.charAt(e % 4)}`;
}

/** Loads all columns of few channels: aligned vectors, shifted so that the strip's first element comes first. */
function loadRun(spec: StripSpec, channels: number): string {
  const columns = columnsOf(spec);
  const elements = (Math.max(...columns) + 1) * channels;
  const vectors = Math.ceil((elements + 3) / 4);
  const shifted = Math.ceil(elements / 4);
  // The run may start before the image, where its index is negative: then those elements are outside, and not used.
  const turn = (to: string, by: string, bit: string, lanes: [string, string], count: number): string =>
    lines(count, (i) => {
      const next = Math.min(i + 1, vectors - 1);
      return `      let ${to}${i} = select(${by}${i}, vec4<f32>(${by}${i}.${lanes[0]}, ${by}${next}.${lanes[1]}), (run & ${bit}) != 0i);`;
    });
  const scalars = columns.flatMap((j) =>
    range(channels).map(
      (c) => `      let ${columnScalar(spec, j, c)} = select(0.0, ${runScalar(j * channels + c)}, inside${j});`,
    ),
  );
  return `      let run = i32(line_at + left * ${u32(channels)});
${lines(vectors, (i) => `      let raw${i} = vec4<f32>(x[(run >> 2u) + ${i32(i)}]);`)}
${turn('half', 'raw', '2i', ['zw', 'xy'], vectors)}
${turn('run', 'half', '1i', ['yzw', 'x'], shifted)}
${scalars.join('\n')}`;
}
