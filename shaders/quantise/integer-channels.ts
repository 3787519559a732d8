/**
 * The constants of channels of a product of 8-bit integers (q-linear-conv.ts) for a zero point of x that a run knows.
 *
 * Layout: of each channel a vector, whose first component grows with the zero point: at_zero and at_one have it for these two.
 * Bindings: at_zero read vec4<i32>, at_one read vec4<i32>, x_zero read i32, channels read_write vec4<i32>.
 * Workgroup: 64 × 1 × 1, one channel per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: none.
 * Limits: no workgroup storage.
 */
import { FLAT_WORKGROUP } from '../lib/flat.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';

/** Integers wrap, as sums do. */
export function integerChannelsShader(): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'at_zero', access: 'read', element: 'vec4<i32>' },
      { name: 'at_one', access: 'read', element: 'vec4<i32>' },
      { name: 'x_zero', access: 'read', element: 'i32' },
      { name: 'channels', access: 'read_write', element: 'vec4<i32>' },
    ],
    params: { count: 'u32' },
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(FLAT_WORKGROUP)}
  if (i >= params.count) { return; }
  let base = at_zero[i];
  channels[i] = vec4<i32>(base.x + (at_one[i].x - base.x) * x_zero[0], base.y, base.z, base.w);`,
  });
}
