/**
 * Depthwise convolution with holes between its taps, of stride 1. The pixels whose rows have one remainder by the dilation, and whose
 * columns have, are an image of their own, over which the convolution is dense: strips slide down those images as
 * `depthwise-slide` does down the whole.
 *
 * Layout: x[x_offset + ((n·in_h + iy)·in_w + ix)·x_pitch + m], w[(ky·KW + kx)·out_c + m],
 *   y and residual: row (n·out_h + oy)·out_w + ox, channel m, as placed; bias[m].
 * Bindings: x read, w read, bias? read f32, residual? read, y read_write; all vec4 when width is 4.
 * Workgroup: `workgroup` × 1 × 1; an invocation makes a strip of `pixels` pixels that are dilation_w apart, in rows dilation_h apart.
 * Dispatch: dispatch1d(count, workgroup), count = N · dilation_h · segments · strips · blocks: blocks = out_c / width vary fastest, then
 *   strips = ⌈⌈out_w / dilation_w⌉ / pixels⌉ · dilation_w along a row, remainders before strips; then remainders of rows, then
 *   segments = ⌈⌈out_h / dilation_h⌉ / rows⌉. Dilations are at most the output's extents.
 * Spec: that of `depthwise-slide`, the stride being 1. Dilations are parameters: a network has several, and one pipeline for them.
 * Limits: no workgroup storage.
 */
import { range } from '../../src/util/arrays.ts';
import { u32 } from '../lib/literal.ts';
import type { ShaderModule } from '../lib/module.ts';
import { SLIDE_PARAMS, slideSums } from '../lib/slide.ts';
import { perPixel } from '../lib/window.ts';
import { slidingDepthwise, type ConvDepthwiseSlideSpec } from './depthwise-slide.ts';

/** Parameters that say where a strip is. */
const DILATED_PARAMS = { ...SLIDE_PARAMS, dilation_h: 'u32', dilation_w: 'u32' } as const;

export type ConvDepthwiseDilatedSpec = Omit<ConvDepthwiseSlideSpec, 'strides'>;

/** Declares the position of strip `i`: the last image of a row may be shorter than the others, by one pixel in each direction. */
function position(pixels: number): string {
  return `let block = i % params.blocks;
  let strip = i / params.blocks;
  let line = strip / params.strips;
  let across = strip - line * params.strips;
  let group = across / params.dilation_w;
  let ox = group * (${u32(pixels - 1)} * params.dilation_w) + across;
  let left = ox - params.pad_left;
  let part = line / params.dilation_h;
  let top = line - part * params.dilation_h;
  let n = part / params.segments;
  let first = (part - n * params.segments) * params.rows;
  let height = (params.out_h - top + params.dilation_h - 1u) / params.dilation_h;
  let rows = min(params.rows, max(height, first) - first);`;
}

function column(c: number): string {
  const at = `left + ${u32(c)} * params.dilation_w`;
  return `  let inside${c} = ${at} < params.in_w;
  let column${c} = min(${at}, params.in_w - 1u) * pitch + x_start;`;
}

/** The input row that a step reads is kernel row KH − 1 of the first open row, KH − 2 of the next, and so on. */
function inputRow({ kernel, pixels }: ConvDepthwiseDilatedSpec): string {
  const sums = range(pixels).flatMap((p) =>
    range(kernel[0]).map((open) => {
      const first = (kernel[0] - 1 - open) * kernel[1];
      const taps = range(kernel[1]).map((kx) => `x${p + kx} * w${first + kx}`);
      return `    sum${open}_${p} = sum${open}_${p} + ${taps.join(' + ')};`;
    }),
  );
  return sums.join('\n');
}

/** Each open row becomes the one before; the last starts anew. */
function shift({ kernel, pixels }: ConvDepthwiseDilatedSpec): string {
  const last = kernel[0] - 1;
  return perPixel(pixels, (p) =>
    [...range(last).map((open) => `    sum${open}_${p} = sum${open + 1}_${p};`), `    sum${last}_${p} = start;`].join(
      '\n',
    ),
  );
}

export function convDepthwiseDilatedShader(spec: ConvDepthwiseDilatedSpec): ShaderModule {
  const { kernel, pixels } = spec;
  const columns = pixels + kernel[1] - 1;
  const before = u32(kernel[0] - 1);
  return slidingDepthwise(
    { ...spec, strides: [1, 1] },
    {
      params: DILATED_PARAMS,
      position: position(pixels),
      columns: perPixel(columns, column),
      steps: (value, store) => `${slideSums({ ...spec, strides: [1, 1] })}
  // The first steps only open the sums of rows that the strip above has a part in.
  for (var step = 0u; step < rows + ${before}; step++) {
    let iy = (first + step) * params.dilation_h + top - params.pad_top;
    let is_inside = iy < params.in_h;
    let at = (n * params.in_h + min(iy, params.in_h - 1u)) * params.in_w * pitch;
${perPixel(columns, (c) => `    let x${c} = ${value(c)};`)}
${inputRow(spec)}
    if (step >= ${before}) {
      let oy = (first + step - ${before}) * params.dilation_h + top;
      let out_row = (n * params.out_h + oy) * params.out_w + ox;
${perPixel(pixels, (p) => {
  const apart = `${u32(p)} * params.dilation_w`;
  return `      if (ox + ${apart} < params.out_w) { ${store(p, `out_row + ${apart}`)} }`;
})}
    }
${shift(spec)}
  }`,
    },
  );
}
