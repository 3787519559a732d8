/**
 * Writes where each unique row is first, how often it occurs, and of every position which row it has.
 *
 * Layout: order [extent], all positions in ascending order of their rows; starts [extent], of which the first total[0] hold: the
 * places in that order where rows begin; found [extent], as many: positions of first rows, ascending. indices and counts
 * [extent], zero beyond total[0]; inverse [extent].
 * Bindings: 0 order read u32, 1 starts read u32, 2 total read i32; unless it is sorted found read u32; then indices, inverse and
 * counts read_write i32.
 * Workgroup: 64 × 1 × 1, one place of the order per invocation.
 * Dispatch: dispatch1d(extent, 64).
 * Spec: sorted; else unique rows are in the order of `found`.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import { UNIQUE_WORKGROUP } from '../lib/unique.ts';

export interface UniqueWriteSpec {
  readonly sorted: boolean;
}

const read = (name: string): Binding => ({ name, access: 'read', element: 'u32' });
const written = (name: string): Binding => ({ name, access: 'read_write', element: 'i32' });

export function uniqueWriteShader({ sorted }: UniqueWriteSpec): ShaderModule {
  return shaderModule({
    bindings: [
      read('order'),
      read('starts'),
      { name: 'total', access: 'read', element: 'i32' },
      ...(sorted ? [] : [read('found')]),
      ...['indices', 'inverse', 'counts'].map(written),
    ],
    params: { extent: 'u32' },
    workgroupSize: [UNIQUE_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(UNIQUE_WORKGROUP)}
  if (i >= params.extent) { return; }
  let there = u32(total[0]);
  // The last row that begins here or before.
  var low = 0u;
  var high = there;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (starts[middle] <= i) { low = middle + 1u; } else { high = middle; }
  }
  let group = low - 1u;
  let start = starts[group];
  let first = order[start];
#if ${sorted}
  let place = group;
#else
  low = 0u;
  high = there;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (found[middle] < first) { low = middle + 1u; } else { high = middle; }
  }
  let place = low;
#endif
  inverse[order[i]] = i32(place);
  if (i == start) {
    let next = group + 1u;
    var end = params.extent;
    if (next < there) { end = starts[next]; }
    indices[place] = i32(first);
    counts[place] = i32(end - start);
  }
  if (i >= there) {
    indices[i] = 0i;
    counts[i] = 0i;
  }`,
  });
}
