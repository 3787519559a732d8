/** Strips of neighbouring output pixels: the input columns that they see, as WGSL scalars that the products name. */
import { range } from '../../src/util/arrays.ts';
import { u32 } from './literal.ts';
import type { WindowSpec } from './window.ts';

/** How the input is read: in vectors of four channels, or channel by channel. */
export type StripInput = 'vectors' | 'scalars';

/** The structure of a strip. */
export interface StripSpec {
  readonly window: WindowSpec;
  readonly pixels: number;
  readonly input: StripInput;
}

/** Channels that one step multiplies. */
export function stripDepth(input: StripInput): number {
  return input === 'vectors' ? 4 : 1;
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
  return input === 'vectors' ? `x${column}.${'xyzw'.charAt(c)}` : `x${column}`;
}

/**
 * Declares where the columns of a kernel row are and which of them lie inside, given `left` (the first column; before the
 * image it wraps), `line_at` (the element where the input row starts), and `line_inside`.
 */
export function declareColumns(spec: StripSpec): string {
  const columns = columnsOf(spec);
  const inside = columns.map((j) => `    let inside${j} = line_inside & (left + ${u32(j)} < params.in_w);`);
  const depth = u32(stripDepth(spec.input));
  const places = columns.map((j) => `    let at${j} = (line_at + (left + ${u32(j)}) * params.x_pitch) / ${depth};`);
  return [...inside, ...places].join('\n');
}

/** Loads the columns for step `c`; zero where they lie outside. */
export function loadColumns(spec: StripSpec): string {
  const type = spec.input === 'vectors' ? 'vec4<f32>' : 'f32';
  return columnsOf(spec)
    .map((j) => `      let x${j} = select(${type}(), ${type}(x[at${j} + c]), inside${j});`)
    .join('\n');
}
