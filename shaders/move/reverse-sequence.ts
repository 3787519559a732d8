/**
 * Turns sequences round, each as far as it is long.
 *
 * Layout: x, y dense, of `times` steps that are time_inner elements apart, and `batches` sequences that are batch_inner apart;
 *   elements move as bits. lengths[sequence]; beyond the end is that of the whole, a negative one is 0.
 * Bindings: 0 x read u32, 1 lengths read i32, 2 y read_write u32.
 * Workgroup: 64 × 1 × 1, one element per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: none.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';

/** Invocations per workgroup. */
export const REVERSE_SEQUENCE_WORKGROUP = 64;

export function reverseSequenceShader(): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: 'u32' },
      { name: 'lengths', access: 'read', element: 'i32' },
      { name: 'y', access: 'read_write', element: 'u32' },
    ],
    params: { count: 'u32', times: 'u32', time_inner: 'u32', batches: 'u32', batch_inner: 'u32' },
    workgroupSize: [REVERSE_SEQUENCE_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(REVERSE_SEQUENCE_WORKGROUP)}
  if (i >= params.count) { return; }
  let step = i / params.time_inner % params.times;
  let given = lengths[i / params.batch_inner % params.batches];
  let length = min(u32(max(given, 0i)), params.times);
  let other = select(step, length - 1u - step, step < length);
  y[i] = x[i - step * params.time_inner + other * params.time_inner];`,
  });
}
