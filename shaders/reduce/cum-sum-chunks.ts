/**
 * Adds up chunks of lines, and then what comes before each: the first two of the three steps that cum-sum.ts ends.
 *
 * Layout: as there; sums[line · chunks + chunk], replaced by the sum of those before it.
 * Bindings: add: 0 x read, 1 sums read_write. scan: 0 sums read_write.
 * Workgroup: 64 × 1 × 1, one chunk per invocation (add); one line, of which an invocation has `each` chunks (scan).
 * Dispatch: dispatch1d(count, 64); dispatch1d(64 · lines, 64).
 * Spec: type; reverse.
 * Limits: workgroup storage 256 bytes (scan).
 */
import { CHUNK_PARAMS, CHUNK_STATEMENTS, CUM_SUM_WORKGROUP, elementOfLine } from './cum-sum.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import type { Scalar } from '../lib/numbers.ts';

export interface ChunkSumSpec {
  readonly type: Scalar;
  readonly reverse: boolean;
}

export function chunkSumShader({ type, reverse }: ChunkSumSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: type },
      { name: 'sums', access: 'read_write', element: type },
    ],
    params: CHUNK_PARAMS,
    workgroupSize: [CUM_SUM_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(CUM_SUM_WORKGROUP)}
  if (i >= params.count) { return; }
  ${CHUNK_STATEMENTS}
  var sum = ${type}();
  for (var k = first; k < last; k++) { sum += x[${elementOfLine(reverse)}]; }
  sums[i] = sum;`,
  });
}

export function chunkScanShader({ type }: Pick<ChunkSumSpec, 'type'>): ShaderModule {
  return shaderModule({
    bindings: [{ name: 'sums', access: 'read_write', element: type }],
    params: { lines: 'u32', chunks: 'u32', each: 'u32' },
    workgroupSize: [CUM_SUM_WORKGROUP, 1, 1],
    declarations: wgsl`var<workgroup> parts: array<${type}, ${u32(CUM_SUM_WORKGROUP)}>;`,
    body: wgsl`
  let line = wid.y * groups.x + wid.x;
  if (line >= params.lines) { return; }
  let first = min(params.chunks, local_index * params.each);
  let last = min(params.chunks, first + params.each);
  let start = line * params.chunks;
  var sum = ${type}();
  for (var k = first; k < last; k++) { sum += sums[start + k]; }
  parts[local_index] = sum;
  workgroupBarrier();
  var before = ${type}();
  for (var k = 0u; k < local_index; k++) { before += parts[k]; }
  for (var k = first; k < last; k++) {
    let own = sums[start + k];
    sums[start + k] = before;
    before += own;
  }`,
  });
}
