/**
 * Writes one value at some positions along a dimension: what tf_crop_and_resize gives outside its input.
 *
 * Layout: y[(outer·outputs + positions[p])·inner + rest] = fill for all outer, p < outside and rest < inner.
 * Bindings: 0 positions read u32, 1 y read_write.
 * Workgroup: 64 × 1 × 1, one element per invocation.
 * Dispatch: dispatch1d(count, 64), count = outer · outside · inner.
 * Spec: scalar, the type of y.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import type { Scalar } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const RESIZE_OUTSIDE_WORKGROUP = 64;

export interface ResizeOutsideSpec {
  readonly scalar: Scalar;
}

export function resizeOutsideShader({ scalar }: ResizeOutsideSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'positions', access: 'read', element: 'u32' },
      { name: 'y', access: 'read_write', element: scalar },
    ],
    params: { count: 'u32', inner: 'u32', outputs: 'u32', outside: 'u32', fill: scalar },
    workgroupSize: [RESIZE_OUTSIDE_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(RESIZE_OUTSIDE_WORKGROUP)}
  if (i >= params.count) { return; }
  let row = i / params.inner;
  let outer = row / params.outside;
  let o = positions[row - outer * params.outside];
  y[(outer * params.outputs + o) * params.inner + i - row * params.inner] = params.fill;`,
  });
}
