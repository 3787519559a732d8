/**
 * Strips that slide down an image, as WGSL: each invocation makes a strip `pixels` wide and `params.rows` high. An input row
 * is read once and added to all the output rows that see it.
 */
import { ceilDiv, range } from '../../src/util/arrays.ts';
import { u32 } from './literal.ts';
import type { ParamFields } from './module.ts';
import { perPixel, type WindowSpec } from './window.ts';

export interface SlideSpec extends Pick<WindowSpec, 'kernel' | 'strides'> {
  /** Width of a strip. */
  readonly pixels: number;
}

/** Parameters that say where a strip is: `blocks` of channels vary fastest, then `strips` along a row, then `segments` down a column. */
export const SLIDE_PARAMS = {
  count: 'u32',
  blocks: 'u32',
  strips: 'u32',
  segments: 'u32',
  rows: 'u32',
} as const satisfies ParamFields;

/** Output rows that one input row can be part of, and so are being summed at a time. */
function openRows({ kernel, strides }: SlideSpec): number {
  return ceilDiv(kernel[0], strides[0]);
}

/** Input columns that a strip sees. */
export function columnsOf({ kernel, strides, pixels }: SlideSpec): number {
  return (pixels - 1) * strides[1] + kernel[1];
}

/** Declares the position of strip `i`: `block`, `n`, `ox`, its first output row, how many rows, and the first input column. */
export function slidePosition({ pixels, strides }: SlideSpec): string {
  return `let block = i % params.blocks;
  let strip = i / params.blocks;
  let segment = strip / params.strips;
  let n = segment / params.segments;
  let ox = (strip - segment * params.strips) * ${u32(pixels)};
  let first = (segment - n * params.segments) * params.rows;
  let rows = min(params.rows, params.out_h - first);
  let left = ox * ${u32(strides[1])} - params.pad_left;`;
}

/**
 * The last `stride` input rows of output row `oy`: each is read, and added to `oy` (sums 0) and to the rows after it
 * (sums 1 …), for which it is an earlier kernel row. `value` is an expression of input column c, of a row of x that begins at `at` and is there where
 * `is_inside`.
 */
export function inputRows(spec: SlideSpec, value: (column: number) => string): string {
  const { kernel, strides, pixels } = spec;
  const first = kernel[0] - strides[0];
  const sums = (p: number, d: number, ky: number): string => {
    const taps = range(kernel[1]).map((kx) => `x${p * strides[1] + kx} * w${ky * kernel[1] + kx}`);
    return `      sum${d}_${p} = sum${d}_${p} + ${taps.join(' + ')};`;
  };
  // A stride beyond the kernel passes over the rows between two windows.
  const rows = range(strides[0]).filter((j) => first + j >= 0);
  return rows
    .map((j) => {
      const seen = range(openRows(spec)).filter((d) => first + j - d * strides[0] >= 0);
      const columns = range(columnsOf(spec)).map((c) => `      let x${c} = ${value(c)};`);
      return `    {
      let iy = oy * ${u32(strides[0])} + ${u32(first + j)} - params.pad_top;
      let is_inside = iy < params.in_h;
      let at = (n * params.in_h + min(iy, params.in_h - 1u)) * params.in_w * pitch;
${columns.join('\n')}
${range(pixels)
  .flatMap((p) => seen.map((d) => sums(p, d, first + j - d * strides[0])))
  .join('\n')}
    }`;
    })
    .join('\n');
}

/** Each open row becomes the one before; the last starts anew. */
function shift(spec: SlideSpec): string {
  const last = openRows(spec) - 1;
  return perPixel(spec.pixels, (p) =>
    [...range(last).map((d) => `    sum${d}_${p} = sum${d + 1}_${p};`), `    sum${last}_${p} = start;`].join('\n'),
  );
}

/** Declares whether input column `c` of the strip is there, and where it lies in a row of x whose blocks begin at `x_start`. */
function column(c: number): string {
  return `  let inside${c} = left + ${u32(c)} < params.in_w;
  let column${c} = min(left + ${u32(c)}, params.in_w - 1u) * pitch + x_start;`;
}

/** Declares the input columns that the strip sees. */
export function slideColumns(spec: SlideSpec): string {
  return perPixel(columnsOf(spec), column);
}

/** Declares the sums of the open rows. */
export function slideSums(spec: SlideSpec): string {
  return range(openRows(spec))
    .map((d) => perPixel(spec.pixels, (p) => `  var sum${d}_${p} = start;`))
    .join('\n');
}

/** Slides the strip down: `rows`, of `inputRows`, and for each pixel the statement that `store`s what is then its sum `sum0_p`. */
export function slide(spec: SlideSpec, rows: string, store: (pixel: number) => string): string {
  const before = u32(openRows(spec) - 1);
  return `  // The first steps only open the sums of rows that the strip above has a part in.
  for (var step = 0u; step < rows + ${before}; step++) {
    let oy = first + step - ${before};
${rows}
    if (step >= ${before}) {
      let out_row = (n * params.out_h + oy) * params.out_w + ox;
${perPixel(spec.pixels, (p) => `      if (ox + ${u32(p)} < params.out_w) { ${store(p)} }`)}
    }
${shift(spec)}
  }`;
}
