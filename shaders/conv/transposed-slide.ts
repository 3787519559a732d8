/**
 * Depthwise transposed convolution by strips that slide down: the outputs that lie over the same input pixel, one of each phase
 * (lib/phases.ts), are a cell of strides[0] × strides[1]; each invocation makes a strip of cells, `pixels` wide and `rows` high,
 * of one channel or of four neighbouring ones. It reads an input row once, keeps those that a cell sees, and keeps the weights, so that a
 * 4×4 kernel at stride 2 reads 0.4 vectors for an output instead of 4.
 *
 * Layout: x[x_offset + ((n·in_h + iy)·in_w + ix)·x_pitch + m], w[(ky·KW + kx)·out_c + m]; y: row (n·out_h + oy)·out_w + ox,
 *   channel m, as placed; bias[m].
 * Bindings: x read, w read, bias? read f32, y read_write; all vec4 when width is 4.
 * Workgroup: `workgroup` × 1 × 1; an invocation makes a strip.
 * Dispatch: dispatch1d(count, workgroup), count = N · segments · strips · blocks: blocks = out_c / width vary fastest, then
 *   strips = ⌈cells of a row / pixels⌉, then segments = ⌈cells of a column / rows⌉.
 * Spec: kernel and strides `[vertical, horizontal]`; pixels; workgroup; weightLoop as depthwise-slide.ts; xType f32 or f16; wType;
 *   epilogue. Dilation is 1; width 4 where all operands are placed for vectors.
 * Params: output o lies in cell ⌊(o + pad) / stride⌋, pad_top and pad_left being less than a stride: cell 0 lies over input pixel
 *   skip_h, skip_w.
 * Limits: no workgroup storage.
 */
import { ceilDiv, range } from '../../src/util/arrays.ts';
import { u32 } from '../lib/literal.ts';
import type { ShaderModule } from '../lib/module.ts';
import { SLIDE_PARAMS } from '../lib/slide.ts';
import { perPixel } from '../lib/window.ts';
import { slidingDepthwise, type ConvDepthwiseSlideSpec } from './depthwise-slide.ts';

const TRANSPOSED_SLIDE_PARAMS = { ...SLIDE_PARAMS, skip_h: 'u32', skip_w: 'u32' } as const;

/** Input rows and columns that a cell sees. */
function seen({ kernel, strides }: ConvDepthwiseSlideSpec): readonly [number, number] {
  return [ceilDiv(kernel[0], strides[0]), ceilDiv(kernel[1], strides[1])];
}

/** Declares the position of strip `i`: `block`, `n`, its first cell, how many rows of them, and the first input column. */
function position(spec: ConvDepthwiseSlideSpec): string {
  const { pixels, strides } = spec;
  return `let block = i % params.blocks;
  let strip = i / params.blocks;
  let segment = strip / params.strips;
  let n = segment / params.segments;
  let cell = (strip - segment * params.strips) * ${u32(pixels)};
  let ox = cell * ${u32(strides[1])} - params.pad_left;
  let left = cell + params.skip_w - ${u32(seen(spec)[1] - 1)};
  let first = (segment - n * params.segments) * params.rows;
  let height = (params.out_h + params.pad_top + ${u32(strides[0] - 1)}) / ${u32(strides[0])};
  let rows = min(params.rows, height - first);`;
}

/** Declares whether input column `c` of the strip is there, and where it lies in a row of x. */
function column(c: number): string {
  return `  let inside${c} = left + ${u32(c)} < params.in_w;
  let column${c} = min(left + ${u32(c)}, params.in_w - 1u) * pitch + x_start;`;
}

/** What `x<r>_<c>` are: column c of the input row that is r rows up. */
const held = (r: number, c: number): string => `x${r}_${c}`;

/** The output of column `px` of cell `p`, in row `py` of its cell; `store` writes it. */
function output(
  spec: ConvDepthwiseSlideSpec,
  py: number,
  [p, px]: readonly [number, number],
  store: (pixel: number, outPixel: string) => string,
): string {
  const { kernel, strides } = spec;
  const [above, across] = seen(spec);
  const products = range(above).flatMap((r) =>
    range(across).flatMap((t) => {
      const [ky, kx] = [py + r * strides[0], px + t * strides[1]];
      return ky < kernel[0] && kx < kernel[1] ? [`${held(r, p + across - 1 - t)}, w${ky * kernel[1] + kx}`] : [];
    }),
  );
  const at = u32(p * strides[1] + px);
  return `        if (ox + ${at} < params.out_w) {
          let sum0_0 = ${products.reduce((sum, pair) => `fma(${pair}, ${sum})`, 'start')};
          ${store(0, `out_row + ${at}`)}
        }`;
}

/** The row `py` of all cells of the strip. */
function outputRow(
  spec: ConvDepthwiseSlideSpec,
  py: number,
  store: (pixel: number, outPixel: string) => string,
): string {
  const { pixels, strides } = spec;
  const outputs = range(pixels).flatMap((p) => range(strides[1]).map((px) => output(spec, py, [p, px], store)));
  return `    {
      let oy = cell_row * ${u32(strides[0])} + ${u32(py)} - params.pad_top;
      if (step >= ${u32(seen(spec)[0] - 1)} && oy < params.out_h) {
        let out_row = (n * params.out_h + oy) * params.out_w + ox;
${outputs.join('\n')}
      }
    }`;
}

export function convTransposedSlideShader(spec: ConvDepthwiseSlideSpec): ShaderModule {
  const { pixels, strides, width } = spec;
  const [above, across] = seen(spec);
  const columns = pixels + across - 1;
  const type = width === 4 ? 'vec4<f32>' : 'f32';
  const older = range(above - 1).map((r) => above - 1 - r);
  return slidingDepthwise(spec, {
    params: TRANSPOSED_SLIDE_PARAMS,
    position: position(spec),
    columns: perPixel(columns, column),
    steps: (
      value,
      store,
    ) => `${older.map((r) => perPixel(columns, (c) => `  var ${held(r, c)} = ${type}();`)).join('\n')}
  // The first steps only read rows that the strip above has seen.
  for (var step = 0u; step < rows + ${u32(above - 1)}; step++) {
    let cell_row = first + step - ${u32(above - 1)};
    let iy = cell_row + params.skip_h;
    let is_inside = iy < params.in_h;
    let at = (n * params.in_h + min(iy, params.in_h - 1u)) * params.in_w * pitch;
${perPixel(columns, (c) => `    let ${held(0, c)} = ${value(c)};`)}
${range(strides[0])
  .map((py) => outputRow(spec, py, store))
  .join('\n')}
${older.map((r) => perPixel(columns, (c) => `    ${held(r, c)} = ${held(r - 1, c)};`)).join('\n')}
  }`,
  });
}
