/**
 * The columns of a deformable convolution without groups: for every output pixel the samples of its taps, as rows of a matrix
 * that is then multiplied by the weights. Position and weights of a sample are found once for all channels of an offset group.
 *
 * Layout: x[x_offset + ((n·in_h + iy)·in_w + ix)·x_pitch + c], offset[(pixel·places + place)·2] = y, then x, mask[pixel·places +
 *   place], place = offset group·taps + tap, pixel = (n·out_h + oy)·out_w + ox; columns[(pixel·taps + tap)·in_c + c].
 * Bindings: x read, offset read f32, mask? read, columns read_write; x and columns are vec4 when width is 4.
 * Workgroup: 64 × 1 × 1; an invocation makes every chunks-th vector of one tap and offset group.
 * Dispatch: dispatch1d(count, 64), count = N · out_h · out_w · offset_groups · taps · chunks.
 * Spec: width 4 when an offset group's channels come in fours and x is placed so; xType f32 or f16; maskType where
 *   there are masks; columns are f32, since they would be rounded once more.
 * Limits: no workgroup storage.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import { DEFORM_PARAMS, declareSample, SAMPLE_FUNCTION, sampled } from '../lib/deform.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { X_PARAMS } from '../lib/window.ts';

/** Invocations per workgroup. */
export const DEFORM_WORKGROUP = 64;

export interface DeformColumnsSpec {
  readonly width: 1 | 4;
  readonly xType: FloatStorage;
  readonly maskType: FloatStorage | undefined;
}

export function deformColumnsShader({ width, xType, maskType }: DeformColumnsSpec): ShaderModule {
  const type = vectorType('f32', width);
  const masked = maskType !== undefined;
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(xType, width) },
      { name: 'offset', access: 'read', element: 'f32' },
      ...(maskType ? [{ name: 'mask', access: 'read', element: maskType } as const] : []),
      { name: 'columns', access: 'read_write', element: type },
    ],
    params: { count: 'u32', ...DEFORM_PARAMS, ...X_PARAMS, vectors: 'u32', chunks: 'u32' },
    workgroupSize: [DEFORM_WORKGROUP, 1, 1],
    declarations: SAMPLE_FUNCTION,
    body: wgsl`
  ${linearIndex(DEFORM_WORKGROUP)}
  if (i >= params.count) { return; }
  let taps = params.kernel_h * params.kernel_w;
  let place = i / params.chunks;
  let chunk = i - place * params.chunks;
  let block = place / taps;
  let tap = place - block * taps;
  let pixel = block / params.offset_groups;
  let group = block - pixel * params.offset_groups;
  let line = pixel / params.out_w;
  let ox = pixel - line * params.out_w;
  let n = line / params.out_h;
  let oy = line - n * params.out_h;
  let ky = tap / params.kernel_w;
  let kx = tap - ky * params.kernel_w;
  let image = params.x_offset + n * params.in_h * params.in_w * params.x_pitch + group * params.vectors * ${u32(width)};
${declareSample(masked, u32(width))}
  let to = ((pixel * taps + tap) * params.offset_groups + group) * params.vectors;
  for (var c = chunk; c < params.vectors; c += params.chunks) {
    columns[to + c] = ${sampled(type, masked, 'c')};
  }`,
  });
}
