/**
 * Sorts chunks of a row's elements: each goes where its rank says, which is found by comparing all of a chunk with all.
 *
 * Layout: x [outer, n, inner], a row is one (outer, inner) pair; keys and ids [rows, length], positions along n in their order,
 *   where listed: else all of them; sorted_keys and sorted_ids the same; values and indices [outer, keep, inner].
 * Bindings: x read unless listed and not last; keys and ids read u32 where listed; then sorted_keys and sorted_ids read_write u32, or values read_write
 *   and indices read_write i32 when last.
 * Workgroup: 256 × 1 × 1, a chunk of 1024 elements; an invocation ranks four: reading the others costs more than comparing.
 * Dispatch: dispatch1d(rows · chunks, 1).
 * Spec: type of x; largest; listed; last, where there is but one chunk.
 * Limits: workgroup storage 4096 bytes.
 */
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import type { Scalar } from '../lib/numbers.ts';
import { sortKeyFunctions } from '../lib/sort-key.ts';
import { topKLists, topKResultIndex, topKResults } from '../lib/top-k.ts';

/** Elements of a chunk. */
export const TOP_K_RUN = 1024;

export interface TopKRankSpec {
  readonly type: Scalar;
  readonly largest: boolean;
  readonly listed: boolean;
  readonly last: boolean;
}

export function topKRankShader({ type, largest, listed, last }: TopKRankSpec): ShaderModule {
  const x: Binding = { name: 'x', access: 'read', element: type };
  const reads = last || !listed;
  return shaderModule({
    bindings: [
      ...(reads ? [x] : []),
      ...(listed ? topKLists('', 'read') : []),
      ...(last ? topKResults(type) : topKLists('sorted_', 'read_write')),
    ],
    params: { rows: 'u32', n: 'u32', inner: 'u32', length: 'u32', chunks: 'u32', keep: 'u32' },
    workgroupSize: [256, 1, 1],
    declarations: wgsl`
var<workgroup> chunk: array<vec4<u32>, 256>;
${listed ? '' : sortKeyFunctions(type, largest)}`,
    body: wgsl`
  let group = wid.y * groups.x + wid.x;
  let row = group / params.chunks;
  if (row >= params.rows) { return; }
  let base = (row / params.inner) * params.n * params.inner + row % params.inner;
  let first = (group % params.chunks) * 1024u;
  let count = min(1024u, params.length - first);
  let list = row * params.length + first;
  let places = 4u * local_index + vec4<u32>(0u, 1u, 2u, 3u);
  var own = vec4<u32>();
  let end = min(count, 4u * local_index + 4u);
  for (var place = 4u * local_index; place < end; place++) {
#if ${listed}
    own[place % 4u] = keys[list + place];
#else
    own[place % 4u] = sort_key(x[base + (first + place) * params.inner]);
#endif
  }
  chunk[local_index] = own;
  workgroupBarrier();
  let none = vec4<u32>();
  let one = vec4<u32>(1u);
  var rank = none;
  for (var t = 0u; t < count; t += 4u) {
    let others = chunk[(t / 4u) % 256u];
${[...'xyzw']
  .map((c, i) => `    rank += select(none, one, ${precedes(`vec4<u32>(others.${c})`, `vec4<u32>(t + ${u32(i)})`)});`)
  .join('\n')}
  }
  for (var place = 4u * local_index; place < end; place++) {
${store(listed, last)}
  }`,
  });
}

/** Places without an element have the least key there is, and come after all others: nothing is behind them that they could displace. */
function precedes(key: string, place: string): string {
  return `(${key} > own) | ((${key} == own) & (${place} < places))`;
}

function store(listed: boolean, last: boolean): string {
  return wgsl`
#if ${listed}
    let id = ids[list + place];
#else
    let id = first + place;
#endif
#if ${last}
    if (rank[place % 4u] < params.keep) {
      let to = ${topKResultIndex('rank[place % 4u]')};
      values[to] = x[base + id * params.inner];
      indices[to] = i32(id);
    }
#else
    sorted_keys[list + rank[place % 4u]] = own[place % 4u];
    sorted_ids[list + rank[place % 4u]] = id;
#endif`;
}
