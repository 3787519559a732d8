/**
 * Keeps the elements of matrices on one side of a diagonal; all others are zero.
 *
 * Layout: x, y [matrices, rows, columns]; elements move as bits. k[0], the diagonal: column less row.
 * Bindings: 0 x read u32, 1 k read i32, 2 y read_write u32.
 * Workgroup: 64 × 1 × 1, one element per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: upper.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';

/** Invocations per workgroup. */
export const TRILU_WORKGROUP = 64;

export interface TriluSpec {
  readonly upper: boolean;
}

export function triluShader({ upper }: TriluSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: 'u32' },
      { name: 'k', access: 'read', element: 'i32' },
      { name: 'y', access: 'read_write', element: 'u32' },
    ],
    params: { count: 'u32', rows: 'u32', columns: 'u32' },
    workgroupSize: [TRILU_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(TRILU_WORKGROUP)}
  if (i >= params.count) { return; }
  let row = i / params.columns;
  let diagonal = i32(i - row * params.columns) - i32(row % params.rows);
  y[i] = select(0u, x[i], diagonal ${upper ? '>=' : '<='} k[0]);`,
  });
}
