/**
 * Turns counts of chunks into where the finds of each begin, and adds them all up: the second of three steps.
 *
 * Layout: counts[chunk], replaced by the sum of those before it; total[0], the sum of all.
 * Bindings: 0 counts read_write u32, 1 total read_write i32.
 * Workgroup: 64 × 1 × 1; an invocation has as many chunks, one after the other.
 * Dispatch: [1, 1, 1].
 * Spec: none.
 * Limits: workgroup storage 256 bytes.
 */
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { SELECT_WORKGROUP } from '../lib/select.ts';

export function selectScanShader(): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'counts', access: 'read_write', element: 'u32' },
      { name: 'total', access: 'read_write', element: 'i32' },
    ],
    params: { chunks: 'u32', each: 'u32' },
    workgroupSize: [SELECT_WORKGROUP, 1, 1],
    declarations: wgsl`var<workgroup> sums: array<u32, ${u32(SELECT_WORKGROUP)}>;`,
    body: wgsl`
  let first = min(params.chunks, local_index * params.each);
  let end = min(params.chunks, first + params.each);
  var sum = 0u;
  for (var k = first; k < end; k++) { sum += counts[k]; }
  sums[local_index] = sum;
  workgroupBarrier();
  var before = 0u;
  for (var k = 0u; k < local_index; k++) { before += sums[k]; }
  for (var k = first; k < end; k++) {
    let own = counts[k];
    counts[k] = before;
    before += own;
  }
  if (local_index == ${u32(SELECT_WORKGROUP - 1)}) { total[0] = i32(before); }`,
  });
}
