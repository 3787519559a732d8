/**
 * Copies chosen positions of one dimension.
 *
 * Layout: x [outer, extent, inner], positions [bound], of which the first total[0] hold; y [outer, bound, inner], zero beyond
 *   those. Elements move as bits.
 * Bindings: 0 x read u32, 1 positions read u32, 2 total read i32, 3 y read_write u32.
 * Workgroup: 64 × 1 × 1, one element per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: none.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { SELECT_WORKGROUP } from '../lib/select.ts';

export function compressShader(): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: 'u32' },
      { name: 'positions', access: 'read', element: 'u32' },
      { name: 'total', access: 'read', element: 'i32' },
      { name: 'y', access: 'read_write', element: 'u32' },
    ],
    params: { count: 'u32', bound: 'u32', extent: 'u32', inner: 'u32' },
    workgroupSize: [SELECT_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(SELECT_WORKGROUP)}
  if (i >= params.count) { return; }
  let row = i / params.inner;
  let k = row % params.bound;
  if (k >= u32(total[0])) {
    y[i] = 0u;
    return;
  }
  let source = row / params.bound * params.extent + positions[k];
  y[i] = x[source * params.inner + i % params.inner];`,
  });
}
