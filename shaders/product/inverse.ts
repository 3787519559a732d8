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
import { wgsl, type ShaderModule } from '../lib/module.ts';
import { eliminationShader, type Elimination, type EliminationSpec } from '../lib/pivot.ts';

const INVERSE: Elimination = {
  begin: (lanes) => wgsl`
  for (var r = 0u; r < n; r++) {
    for (var k = lane; k < n; k += ${lanes}) {
      work[base + r * n + k] = x[base + r * n + k];
      y[base + r * n + k] = select(0.0, 1.0, r == k);
    }
  }
  var singular = false;`,
  exchange: (lanes) => wgsl`
      for (var k = lane; k < n; k += ${lanes}) {
        let upper = work[top + k];
        work[top + k] = work[low + k];
        work[low + k] = upper;
        let above = y[top + k];
        y[top + k] = y[low + k];
        y[low + k] = above;
      }`,
  // The column comes to one on the diagonal and zeros elsewhere; it stays itself, since nothing reads it again.
  clear: (lanes, barrier) => wgsl`
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
    }`,
  // All bits of the exponent, and one below: no number, whatever else is set.
  end: (lanes) => wgsl`
  let mark = select(0u, 0x7fc00000u, singular);
  for (var k = lane; k < n * n; k += ${lanes}) { y[base + k] = bitcast<f32>(bitcast<u32>(y[base + k]) | mark); }`,
};

export function inverseShader(spec: EliminationSpec): ShaderModule {
  return eliminationShader(spec, INVERSE);
}
