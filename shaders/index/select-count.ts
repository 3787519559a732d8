/**
 * Counts the elements that are not zero, chunk by chunk: the first of three steps that find where they are.
 *
 * Layout: x [count] as words; counts[chunk], of SELECT_CHUNK elements each.
 * Bindings: 0 x read u32, 1 counts read_write u32.
 * Workgroup: 64 × 1 × 1, one chunk per invocation.
 * Dispatch: dispatch1d(chunks, 64).
 * Spec: float, where minus zero is zero, too.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { isSelected, SELECT_CHUNK, SELECT_WORKGROUP } from '../lib/select.ts';

export interface SelectCountSpec {
  readonly float: boolean;
}

export function selectCountShader({ float }: SelectCountSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: 'u32' },
      { name: 'counts', access: 'read_write', element: 'u32' },
    ],
    params: { count: 'u32', chunks: 'u32' },
    workgroupSize: [SELECT_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(SELECT_WORKGROUP)}
  if (i >= params.chunks) { return; }
  let end = min(params.count, (i + 1u) * ${u32(SELECT_CHUNK)});
  var found = 0u;
  for (var k = i * ${u32(SELECT_CHUNK)}; k < end; k++) {
    if (${isSelected('x[k]', float)}) { found++; }
  }
  counts[i] = found;`,
  });
}
