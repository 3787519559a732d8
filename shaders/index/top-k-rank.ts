/**
 * Sorts chunks of a row's elements: each goes where its rank says, which is found by comparing all of a chunk with all.
 *
 * Layout: x [outer, n, inner], a row is one (outer, inner) pair; keys and ids [rows, length], positions along n in their order,
 *   where listed: else all of them; sorted_keys and sorted_ids the same; values and indices [outer, keep, inner].
 * Bindings: x read; keys and ids read u32 where listed; then sorted_keys and sorted_ids read_write u32, or values read_write
 *   and indices read_write i32 when last.
 * Workgroup: 256 × 1 × 1, a chunk of 1024 elements; an invocation ranks four: reading the others costs more than comparing.
 * Dispatch: dispatch1d(rows · chunks, 1).
 * Spec: type of x; largest; listed; last, where there is but one chunk.
 * Limits: workgroup storage 4096 bytes.
 */
import { range } from '../../src/util/arrays.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
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
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: type },
      ...(listed ? topKLists('', 'read') : []),
      ...(last ? topKResults(type) : topKLists('sorted_', 'read_write')),
    ],
    params: { rows: 'u32', n: 'u32', inner: 'u32', length: 'u32', chunks: 'u32', keep: 'u32' },
    workgroupSize: [256, 1, 1],
    declarations: wgsl`
var<workgroup> chunk: array<vec4<u32>, 256>;
${sortKeyFunctions(type, largest)}`,
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
${range(4)
  .map((c) => {
    const place = `first + places[${u32(c)}]`;
    const key = listed ? `keys[list + places[${u32(c)}]]` : `sort_key(x[base + (${place}) * params.inner])`;
    return `  if (places[${u32(c)}] < count) { own[${u32(c)}] = ${key}; }`;
  })
  .join('\n')}
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
${range(4)
  .map((c) => store(u32(c), listed, last))
  .join('\n')}`,
  });
}

/** Places without an element have the least key there is, and come after all others: nothing is behind them that they could displace. */
function precedes(key: string, place: string): string {
  return `(${key} > own) | ((${key} == own) & (${place} < places))`;
}

function store(c: string, listed: boolean, last: boolean): string {
  return wgsl`
  if (places[${c}] < count) {
#if ${listed}
    let id = ids[list + places[${c}]];
#else
    let id = first + places[${c}];
#endif
#if ${last}
    if (rank[${c}] < params.keep) {
      let to = ${topKResultIndex(`rank[${c}]`)};
      values[to] = x[base + id * params.inner];
      indices[to] = i32(id);
    }
#else
    sorted_keys[list + rank[${c}]] = own[${c}];
    sorted_ids[list + rank[${c}]] = id;
#endif
  }`;
}
