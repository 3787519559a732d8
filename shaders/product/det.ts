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
import { wgsl, type ShaderModule } from '../lib/module.ts';
import { eliminationShader, type Elimination, type EliminationSpec } from '../lib/pivot.ts';

const DET: Elimination = {
  begin: (lanes) => wgsl`
  for (var k = lane; k < n * n; k += ${lanes}) { work[base + k] = x[base + k]; }
  var det = 1.0;`,
  exchange: (lanes) => wgsl`
      det = -det;
      for (var k = c + lane; k < n; k += ${lanes}) {
        let upper = work[top + k];
        work[top + k] = work[low + k];
        work[low + k] = upper;
      }`,
  // Below the diagonal. Nothing is left to take off where the largest is zero.
  clear: (lanes) => wgsl`
    let diagonal = work[top + c];
    det *= diagonal;
    for (var r = select(c + 1u, n, diagonal == 0.0); r < n; r++) {
      let row = base + r * n;
      let factor = work[row + c] / diagonal;
      for (var k = c + 1u + lane; k < n; k += ${lanes}) { work[row + k] -= factor * work[top + k]; }
    }`,
  end: () => wgsl`
  if (lane == 0u) { y[i] = det; }`,
};

export function detShader(spec: EliminationSpec): ShaderModule {
  return eliminationShader(spec, DET);
}
