/**
 * Determinants, by elimination with row pivots: of each column the element of the largest size is brought up, NaN first.
 *
 * Layout: x [count, n, n], y [count]; work holds as much as x, and is overwritten.
 * Bindings: 0 x read f32, 1 work read_write f32, 2 y read_write f32.
 * Workgroup: 64 × 1 × 1. One matrix per invocation, or, with group, per workgroup, whose invocations share rows and columns.
 * Dispatch: dispatch1d(count, 64), or dispatch1d(count · 64, 64) with group.
 * Spec: group.
 * Limits: 512 bytes of workgroup storage with group.
 */
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { BARRIER, PIVOT_WORKGROUP, pivotMemory, pivotSearch } from '../lib/pivot.ts';

export interface DetSpec {
  readonly group: boolean;
}

/** Clears a column below its diagonal. */
function column(group: boolean): string {
  const lanes = u32(group ? PIVOT_WORKGROUP : 1);
  const barrier = group ? BARRIER : '';
  return wgsl`
    let top = base + c * n;
    ${pivotSearch(group)}
    if (pivot != c) {
      det = -det;
      for (var k = c + lane; k < n; k += ${lanes}) {
        let upper = work[top + k];
        work[top + k] = work[base + pivot * n + k];
        work[base + pivot * n + k] = upper;
      }
    }
    ${barrier}
    let diagonal = work[top + c];
    det *= diagonal;
    // Nothing is left to take off where the largest is zero.
    for (var r = select(c + 1u, n, diagonal == 0.0); r < n; r++) {
      let row = base + r * n;
      let factor = work[row + c] / diagonal;
      for (var k = c + 1u + lane; k < n; k += ${lanes}) { work[row + k] -= factor * work[top + k]; }
    }
    ${barrier}`;
}

export function detShader({ group }: DetSpec): ShaderModule {
  const lanes = u32(group ? PIVOT_WORKGROUP : 1);
  const barrier = group ? BARRIER : '';
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: 'f32' },
      { name: 'work', access: 'read_write', element: 'f32' },
      { name: 'y', access: 'read_write', element: 'f32' },
    ],
    params: { count: 'u32', n: 'u32' },
    workgroupSize: [PIVOT_WORKGROUP, 1, 1],
    declarations: wgsl`
${pivotMemory(group)}`,
    body: wgsl`
#if ${group}
  let i = wid.y * groups.x + wid.x;
  let lane = local_index;
#else
  ${linearIndex(PIVOT_WORKGROUP)}
  let lane = 0u;
#endif
  if (i >= params.count) { return; }
  let n = params.n;
  let base = i * n * n;
  for (var k = lane; k < n * n; k += ${lanes}) { work[base + k] = x[base + k]; }
  ${barrier}
  var det = 1.0;
  for (var c = 0u; c < n; c++) {
    ${column(group)}
  }
  if (lane == 0u) { y[i] = det; }`,
  });
}
