/**
 * Inverse matrices, by elimination with row pivots on either side of the diagonal. One whose pivot is zero has none: NaN.
 *
 * Layout: x, y [count, n, n]; work holds as much, and is overwritten.
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

export interface InverseSpec {
  readonly group: boolean;
}

/** Brings a column to one on the diagonal and zeros elsewhere; the column itself, which nothing reads again, stays. */
function clearedColumn(group: boolean): string {
  const lanes = u32(group ? PIVOT_WORKGROUP : 1);
  const barrier = group ? BARRIER : '';
  return wgsl`
    let top = base + c * n;
    ${pivotSearch(group)}
    if (pivot != c) {
      let low = base + pivot * n;
      for (var k = lane; k < n; k += ${lanes}) {
        let upper = work[top + k];
        work[top + k] = work[low + k];
        work[low + k] = upper;
        let above = y[top + k];
        y[top + k] = y[low + k];
        y[low + k] = above;
      }
    }
    ${barrier}
    let diagonal = work[top + c];
    singular |= diagonal == 0.0;
    for (var k = lane; k < n; k += ${lanes}) {
      y[top + k] /= diagonal;
      if (k > c) { work[top + k] /= diagonal; }
    }
    ${barrier}
    for (var r = 0u; r < n; r++) {
      if (r == c) { continue; }
      let row = base + r * n;
      let factor = work[row + c];
      for (var k = lane; k < n; k += ${lanes}) {
        y[row + k] -= factor * y[top + k];
        if (k > c) { work[row + k] -= factor * work[top + k]; }
      }
    }
    ${barrier}`;
}

export function inverseShader({ group }: InverseSpec): ShaderModule {
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
    declarations: pivotMemory(group),
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
  for (var r = 0u; r < n; r++) {
    for (var k = lane; k < n; k += ${lanes}) {
      work[base + r * n + k] = x[base + r * n + k];
      y[base + r * n + k] = select(0.0, 1.0, r == k);
    }
  }
  ${barrier}
  var singular = false;
  for (var c = 0u; c < n; c++) {
    ${clearedColumn(group)}
  }
  // All bits of the exponent, and one below: no number, whatever else is set.
  let mark = select(0u, 0x7fc00000u, singular);
  for (var k = lane; k < n * n; k += ${lanes}) { y[base + k] = bitcast<f32>(bitcast<u32>(y[base + k]) | mark); }`,
  });
}
