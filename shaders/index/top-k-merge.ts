/**
 * Merges sorted runs of a row's elements, four at once: an element finds its rank by how many of each other run come before it.
 * Of equals those of the earlier run do.
 *
 * Layout: keys and ids [rows, length], in runs of `run`, of which the best `keep` count; sorted_keys and sorted_ids the same, in
 *   runs of 4 · run. When last, x and values and indices, as in top-k-rank.
 * Bindings: x read when last; keys and ids read u32; then sorted_keys and sorted_ids read_write u32, or values read_write and indices
 *   read_write i32 when last.
 * Workgroup: 64 × 1 × 1, one element per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: type of x; last, where there are but four runs.
 * Params: run is a power of two.
 * Limits: no workgroup storage.
 */
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import type { Scalar } from '../lib/numbers.ts';
import { topKLists, topKResultIndex, topKResults } from '../lib/top-k.ts';

/** Invocations per workgroup. */
export const TOP_K_MERGE_WORKGROUP = 64;

/** Runs that become one. */
export const TOP_K_MERGED = 4;

export interface TopKMergeSpec {
  readonly type: Scalar;
  readonly last: boolean;
}

export function topKMergeShader({ type, last }: TopKMergeSpec): ShaderModule {
  const x: Binding = { name: 'x', access: 'read', element: type };
  const others = range(TOP_K_MERGED - 1);
  const lines = (line: (j: number) => string): string => others.map(line).join('\n');
  return shaderModule({
    bindings: [
      ...(last ? [x] : []),
      ...topKLists('', 'read'),
      ...(last ? topKResults(type) : topKLists('sorted_', 'read_write')),
    ],
    params: { count: 'u32', n: 'u32', inner: 'u32', length: 'u32', keep: 'u32', run: 'u32' },
    workgroupSize: [TOP_K_MERGE_WORKGROUP, 1, 1],
    declarations: wgsl`
// How many of the run's elements stay.
fn size_of(run: u32) -> u32 {
  let start = min(run * params.run, params.length);
  return min(min(params.run, params.keep), params.length - start);
}`,
    body: wgsl`
  ${linearIndex(TOP_K_MERGE_WORKGROUP)}
  if (i >= params.count) { return; }
  let row = i / params.length;
  let list = row * params.length;
  let own = (i - list) / params.run;
  let place = i - list - own * params.run;
  if (place >= params.keep) { return; }
  let key = keys[i];
${lines(
  (j) => wgsl`
  let other_${j} = own ^ ${u32(j + 1)};
  let size_${j} = size_of(other_${j});
  let first_${j} = list + other_${j} * params.run;
  var low_${j} = 0u;`,
)}
  for (var step = params.run; step > 0u; step /= 2u) {
${lines(
  (j) => wgsl`
    let next_${j} = low_${j} + step;
    if (next_${j} <= size_${j}) {
      let found = keys[first_${j} + next_${j} - 1u];
      if (found > key || (found == key && other_${j} < own)) { low_${j} = next_${j}; }
    }`,
)}
  }
  let rank = place + ${others.map((j) => `low_${j}`).join(' + ')};
#if ${last}
  if (rank >= params.keep) { return; }
  let to = ${topKResultIndex('rank')};
  let id = ids[i];
  values[to] = x[((row / params.inner) * params.n + id) * params.inner + row % params.inner];
  indices[to] = i32(id);
#else
  let to = list + own / ${u32(TOP_K_MERGED)} * ${u32(TOP_K_MERGED)} * params.run + rank;
  sorted_keys[to] = key;
  sorted_ids[to] = ids[i];
#endif`,
  });
}
