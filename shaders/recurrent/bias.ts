/**
 * The bias of a recurrent network as the product of x and w takes it: that of r is added, but where a reset gate comes between.
 *
 * Layout: source [D, 2, rows], sum [D, rows].
 * Bindings: source read, sum read_write.
 * Workgroup: 64 × 1 × 1, one element per invocation.
 * Dispatch: dispatch1d(count, 64), count = D · rows.
 * Spec: none.
 * Limits: none.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';

/** Invocations per workgroup. */
export const RECURRENT_BIAS_WORKGROUP = 64;

export function recurrentBiasShader(): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'source', access: 'read', element: 'f32' },
      { name: 'sum', access: 'read_write', element: 'f32' },
    ],
    params: { count: 'u32', rows: 'u32', added: 'u32' },
    workgroupSize: [RECURRENT_BIAS_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(RECURRENT_BIAS_WORKGROUP)}
  if (i >= params.count) { return; }
  let row = i % params.rows;
  let first = i / params.rows * 2u * params.rows + row;
  var v = source[first];
  if (row < params.added) { v += source[first + params.rows]; }
  sum[i] = v;`,
  });
}
