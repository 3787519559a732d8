/**
 * Writes slices to where rows of indices say, or joins them to what is there.
 *
 * Layout: indices [rows, depth], updates [rows, inner], y [e0, …, e(depth−1), inner]. An invocation has one element of all slices,
 *   and writes them in order: the last of several to one place stays, and sums are always the same. Negative indices count from
 *   the end; what goes outside is left out. Where it is counted, only so many times `each` rows are there.
 * Bindings: 0 indices read i32, 1 updates read, 2 y read_write (both u32 where updates replace); where it is counted, the count
 *   read i32 before y.
 * Workgroup: 64 × 1 × 1, one element of a slice per invocation.
 * Dispatch: dispatch1d(inner, 64).
 * Spec: depth, the entries of one row of indices; counted; joined.
 * Limits: no workgroup storage.
 */
import { THERE_BINDING } from './gather.ts';
import { SCATTER_WORKGROUP } from './scatter-elements.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { joinedFunction, joinStatement, PLACE_FUNCTION, rowTarget, type Joined } from '../lib/scatter.ts';
import { listFields } from '../lib/strided.ts';

export interface ScatterNDSpec {
  readonly depth: number;
  readonly counted: boolean;
  readonly joined: Joined;
}

export function scatterNDShader({ depth, counted, joined }: ScatterNDSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'indices', access: 'read', element: 'i32' },
      { name: 'updates', access: 'read', element: joined.type },
      ...(counted ? [THERE_BINDING] : []),
      { name: 'y', access: 'read_write', element: joined.type },
    ],
    params: { inner: 'u32', rows: 'u32', each: 'u32', ...listFields('e', depth) },
    workgroupSize: [SCATTER_WORKGROUP, 1, 1],
    declarations: PLACE_FUNCTION + joinedFunction(joined),
    body: wgsl`
  ${linearIndex(SCATTER_WORKGROUP)}
  if (i >= params.inner) { return; }
  let rows = ${counted ? 'min(params.rows, u32(there[0]) * params.each)' : 'params.rows'};
  for (var row = 0u; row < rows; row++) {
    ${rowTarget(depth, 'row')}
    if (within) {
      let at = target_place * params.inner + i;
      ${joinStatement(joined.reduction, 'at', 'updates[row * params.inner + i]')}
    }
  }`,
  });
}
