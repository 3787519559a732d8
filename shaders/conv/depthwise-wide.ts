/**
 * Depthwise convolution by wide kernels: each invocation makes a strip of output pixels of one channel, or of four
 * neighbouring ones. A kernel row is walked in runs of `taps`, each unrolled, so that the text stays small however wide
 * the kernel is; within a run an input column that several of the strip's pixels see is read once.
 *
 * Layout: x[x_offset + ((n·in_h + iy)·in_w + ix)·x_pitch + m / multiplier], w[(ky·kernel_w + kx)·out_c + m],
 *   y and residual: row (n·out_h + oy)·out_w + ox, channel m, as placed; bias[m].
 * Bindings: x read, w read, bias? read f32, residual? read, y read_write; all but bias are vec4 when width is 4.
 * Workgroup: 64 × 1 × 1; an invocation makes `pixels` pixels × `width` channels.
 * Dispatch: dispatch1d(count, 64), count = N · out_h · strips · blocks, blocks = out_c / width.
 * Spec: window (its kernel excepted, which is a parameter); taps of a run; pixels 1, 4 or 8; width 4 when out_c % 4 = 0, the
 *   multiplier is 1, and x and y are placed so; xType f32 or f16; wType these or i8x4; epilogue.
 * Limits: no workgroup storage.
 */
import { depthwiseStrip, tapProducts, type DepthwiseStripSpec } from '../lib/depthwise.ts';
import { u32 } from '../lib/literal.ts';
import type { ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { loadWeights } from '../lib/weights.ts';

export interface ConvDepthwiseWideSpec extends DepthwiseStripSpec {
  readonly taps: number;
  readonly pixels: 1 | 4 | 8;
}

export function convDepthwiseWideShader(spec: ConvDepthwiseWideSpec): ShaderModule {
  const { window, taps, width, wType } = spec;
  const type = vectorType('f32', width);
  // Zero beyond the kernel.
  const weight = (t: number): string =>
    `select(${type}(), ${loadWeights(wType, width, 'w', `weight_row + (kx + ${u32(t)}) * params.blocks`)}, kx + ${u32(t)} < params.kernel_w)`;
  return depthwiseStrip(spec, {
    params: { kernel_w: 'u32' },
    row: `    let weight_row = ky * params.kernel_w * params.blocks + block;
    var left = ox * ${u32(window.strides[1])} - params.pad_left;
    for (var kx = 0u; kx < params.kernel_w; kx += ${u32(taps)}) {
${tapProducts(spec, taps, weight, '      ')}
      left += ${u32(taps * window.dilations[1])};
    }`,
  });
}
