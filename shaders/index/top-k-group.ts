/**
 * The best element of each group of neighbours along a row: what TopK narrows long rows with.
 *
 * Layout: x [outer, n, inner], a row is one (outer, inner) pair; y [rows, groups] are positions along n, group g
 * covering positions g·group and on, up to n.
 * Bindings: 0 x read, 1 y read_write u32.
 * Workgroup: 64 × 1 × 1, one group per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: type of x; largest.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import type { Scalar } from '../lib/numbers.ts';
import { sortKeyFunctions } from '../lib/sort-key.ts';

/** Invocations per workgroup. */
export const TOP_K_GROUP_WORKGROUP = 64;

export interface TopKGroupSpec {
  readonly type: Scalar;
  readonly largest: boolean;
}

export function topKGroupShader({ type, largest }: TopKGroupSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: type },
      { name: 'y', access: 'read_write', element: 'u32' },
    ],
    params: { count: 'u32', n: 'u32', inner: 'u32', groups: 'u32', group: 'u32' },
    workgroupSize: [TOP_K_GROUP_WORKGROUP, 1, 1],
    declarations: sortKeyFunctions(type, largest),
    body: wgsl`
  ${linearIndex(TOP_K_GROUP_WORKGROUP)}
  if (i >= params.count) { return; }
  let row = i / params.groups;
  let base = (row / params.inner) * params.n * params.inner + row % params.inner;
  var best = i % params.groups * params.group;
  let end = min(best + params.group, params.n);
  var best_key = sort_key(x[base + best * params.inner]);
  for (var id = best + 1u; id < end; id++) {
    let key = sort_key(x[base + id * params.inner]);
    if (key > best_key) {
      best = id;
      best_key = key;
    }
  }
  y[i] = best;`,
  });
}
