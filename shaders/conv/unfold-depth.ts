/**
 * The depth of a volume laid among its channels: what a window sees of neighbouring planes becomes channels of one, so that a
 * convolution over three dimensions is one over two, for which there are fast kernels. Where a whole row is taken for a pixel,
 * and its pixels for channels, the depth is laid among the rows.
 *
 * Layout: x[x_offset + ((n·in_d + iz)·plane + p)·x_pitch + c], p being a pixel of a plane; unfolded[((n·out_d + oz)·plane + p)·
 *   channels + kz·in_c + c], iz = oz·stride + kz·dilation − pad; 0 outside, and in the channels past kernel_d·in_c.
 * Bindings: x read, unfolded read_write; both vec4 when width is 4.
 * Workgroup: 64 × 1 × 1, one vector each.
 * Dispatch: dispatch1d(count, 64), count = N · out_d · plane · vectors.
 * Spec: width 4 when in_c % 4 = 0 and x is placed so; xType f32 or f16.
 * Limits: no workgroup storage.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { X_PARAMS } from '../lib/window.ts';

/** Invocations per workgroup. */
export const UNFOLD_WORKGROUP = 64;

export interface UnfoldDepthSpec {
  readonly width: 1 | 4;
  readonly xType: FloatStorage;
}

export function unfoldDepthShader({ width, xType }: UnfoldDepthSpec): ShaderModule {
  const element = vectorType(xType, width);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element },
      { name: 'unfolded', access: 'read_write', element },
    ],
    params: {
      count: 'u32',
      ...X_PARAMS,
      vectors: 'u32',
      in_vectors: 'u32',
      plane: 'u32',
      in_d: 'u32',
      out_d: 'u32',
      kernel_d: 'u32',
      stride_d: 'u32',
      dilation_d: 'u32',
      pad_d: 'u32',
    },
    workgroupSize: [UNFOLD_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(UNFOLD_WORKGROUP)}
  if (i >= params.count) { return; }
  let row = i / params.vectors;
  let v = i - row * params.vectors;
  let kz = v / params.in_vectors;
  let plane = row / params.plane;
  let n = plane / params.out_d;
  let iz = (plane - n * params.out_d) * params.stride_d + kz * params.dilation_d - params.pad_d;
  var r = ${element}();
  if (kz < params.kernel_d && iz < params.in_d) {
    let pixel = (n * params.in_d + iz) * params.plane + row - plane * params.plane;
    r = x[(params.x_offset + pixel * params.x_pitch) / ${u32(width)} + v - kz * params.in_vectors];
  }
  unfolded[i] = r;`,
  });
}
