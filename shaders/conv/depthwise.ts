/**
 * Depthwise convolution: each invocation makes a strip of output pixels of one channel, or of four neighbouring ones.
 * The taps of a kernel row are unrolled, and an input column that several of the strip's pixels see is read once.
 *
 * Layout: x[x_offset + ((n·in_h + iy)·in_w + ix)·x_pitch + m / multiplier], w[(ky·KW + kx)·out_c + m],
 *   y and residual: row (n·out_h + oy)·out_w + ox, channel m, as placed; bias[m].
 * Bindings: x read, w read, bias? read f32, residual? read, y read_write; all but bias are vec4 when width is 4.
 * Workgroup: 64 × 1 × 1; an invocation makes `pixels` pixels × `width` channels.
 * Dispatch: dispatch1d(count, 64), count = N · out_h · strips · blocks, blocks = out_c / width.
 * Spec: window (kernel height excepted, which is a parameter: drivers unroll a constant loop, and compile several
 *   times as long); pixels 1 or 4; width 4 when out_c % 4 = 0, the multiplier is 1, and x and y are
 *   placed so; xType f32 or f16; wType these or i8x4; epilogue.
 * Limits: no workgroup storage.
 */
import { depthwiseStrip, tapProducts, type DepthwiseStripSpec } from '../lib/depthwise.ts';
import { u32 } from '../lib/literal.ts';
import type { ShaderModule } from '../lib/module.ts';
import { loadWeights } from '../lib/weights.ts';

export interface ConvDepthwiseSpec extends DepthwiseStripSpec {
  readonly pixels: 1 | 4;
}

export function convDepthwiseShader(spec: ConvDepthwiseSpec): ShaderModule {
  const { window, width, wType } = spec;
  const kernelWidth = window.kernel[1];
  const weight = (t: number): string =>
    loadWeights(wType, width, 'w', `weight_row + ${u32(t)} * params.blocks + block`);
  return depthwiseStrip(spec, {
    before: `  let left = ox * ${u32(window.strides[1])} - params.pad_left;`,
    row: `    let weight_row = ky * ${u32(kernelWidth)} * params.blocks;
${tapProducts(spec, kernelWidth, weight, '    ')}`,
  });
}
