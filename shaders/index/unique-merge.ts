/**
 * Merges runs of sorted positions two by two: where one goes is its place in its own run and the number of those of the other
 * that come before, which a binary search finds.
 *
 * Layout: x [outer, extent, inner]; order [extent] in runs of `run` positions, merged [extent] in runs of twice as many. Of equal
 * rows those of the earlier run come first.
 * Bindings: 0 x read type, 1 order read u32, 2 merged read_write u32.
 * Workgroup: 64 × 1 × 1, one position per invocation.
 * Dispatch: dispatch1d(extent, 64).
 * Spec: type of the elements.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import type { Scalar } from '../lib/numbers.ts';
import { UNIQUE_WORKGROUP, uniqueShader } from '../lib/unique.ts';

export interface UniqueMergeSpec {
  readonly type: Scalar;
}

export function uniqueMergeShader({ type }: UniqueMergeSpec): ShaderModule {
  const lists = [
    { name: 'order', access: 'read', element: 'u32' },
    { name: 'merged', access: 'read_write', element: 'u32' },
  ] as const;
  return uniqueShader(
    type,
    lists,
    wgsl`
  ${linearIndex(UNIQUE_WORKGROUP)}
  if (i >= params.extent) { return; }
  let own = order[i];
  let within = i % params.run;
  let later = i / params.run % 2u;
  let other = i - within + select(params.run, 0u, later == 1u) - later * params.run;
  var low = min(other, params.extent);
  var high = min(other + params.run, params.extent);
  let start = low;
  // Equal rows come before those of the later run.
  let limit = i32(later);
  while (low < high) {
    let middle = (low + high) / 2u;
    if (compared(order[middle], own) < limit) { low = middle + 1u; } else { high = middle; }
  }
  merged[i - later * params.run + low - start] = own;`,
  );
}
