/**
 * The constants of channels of a product of 8-bit integers (q-linear-conv.ts) for a zero point of x that a run knows.
 *
 * Layout: factors and channels, of each channel a vector whose first component is to be multiplied by the zero point.
 * Bindings: factors read vec4<i32>, x_zero read i32, channels read_write vec4<i32>.
 * Workgroup: 64 × 1 × 1, one channel per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: none.
 * Limits: no workgroup storage.
 */
import { FLAT_WORKGROUP } from '../lib/flat.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';

/** `moved`: what kernels take from unsigned integers, and so from their zero point. */
export function integerChannelsShader(): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'factors', access: 'read', element: 'vec4<i32>' },
      { name: 'x_zero', access: 'read', element: 'i32' },
      { name: 'channels', access: 'read_write', element: 'vec4<i32>' },
    ],
    params: { count: 'u32', moved: 'i32' },
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(FLAT_WORKGROUP)}
  if (i >= params.count) { return; }
  let factor = factors[i];
  channels[i] = vec4<i32>(factor.x * (x_zero[0] - params.moved), factor.y, factor.z, factor.w);`,
  });
}
