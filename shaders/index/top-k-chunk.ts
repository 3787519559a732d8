/**
 * One pass of TopK by chunks: each workgroup sorts a chunk of candidates and keeps the best; passes repeat on what is
 * kept until one chunk is left (bitonic network: K. E. Batcher, Sorting networks and their applications, 1968).
 *
 * Layout: x [outer, n, inner], a row is one (outer, inner) pair. Candidates are positions along n, 0xffffffff where
 * there is none: every position; those `listed` [rows, length]; or the `members` of the groups of `group` neighbours
 * that listed [rows, length / group] positions belong to. The last pass writes values and indices
 * [outer, keep, inner]; others write kept candidates [rows, chunks, keep].
 * Bindings: x read; listed read u32 unless positions; values read_write and indices read_write i32 when last, else
 * kept read_write u32.
 * Workgroup: min(256, chunk / 2) invocations per chunk of one row.
 * Dispatch: dispatch1d(rows · chunks, 1): one workgroup per chunk of a row.
 * Spec: type of x; largest; chunk, a power of two; candidates; last.
 * Limits: 8 · chunk bytes of workgroup storage.
 */
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import type { Scalar } from '../lib/numbers.ts';
import { sortKeyFunctions } from '../lib/sort-key.ts';

export interface TopKChunkSpec {
  readonly type: Scalar;
  readonly largest: boolean;
  readonly chunk: number;
  readonly candidates: 'positions' | 'listed' | 'members';
  readonly last: boolean;
}

/** Invocations that sort a chunk: one per pair, up to what every device allows. */
export function topKWorkgroup(chunk: number): number {
  return Math.min(256, chunk / 2);
}

export function topKChunkShader({ type, largest, chunk, candidates, last }: TopKChunkSpec): ShaderModule {
  const lanes = topKWorkgroup(chunk);
  const positions = candidates === 'positions';
  const members = candidates === 'members';
  const listed: readonly Binding[] = positions ? [] : [{ name: 'listed', access: 'read', element: 'u32' }];
  const results: readonly Binding[] = last
    ? [
        { name: 'values', access: 'read_write', element: type },
        { name: 'indices', access: 'read_write', element: 'i32' },
      ]
    : [{ name: 'kept', access: 'read_write', element: 'u32' }];
  return shaderModule({
    bindings: [{ name: 'x', access: 'read', element: type }, ...listed, ...results],
    params: { rows: 'u32', n: 'u32', inner: 'u32', length: 'u32', chunks: 'u32', keep: 'u32', group: 'u32' },
    workgroupSize: [lanes, 1, 1],
    declarations: wgsl`
var<workgroup> keys: array<u32, ${u32(chunk)}>;
var<workgroup> ids: array<u32, ${u32(chunk)}>;
${sortKeyFunctions(type, largest)}
${bitonicSort(chunk, lanes)}
fn candidate(row: u32, place: u32) -> u32 {
#if ${positions}
  return place;
#endif
#if ${members}
  let named = listed[row * (params.length / params.group) + place / params.group];
  let id = named / params.group * params.group + place % params.group;
  return select(id, 0xffffffffu, named == 0xffffffffu || id >= params.n);
#endif
#if ${!positions && !members}
  return listed[row * params.length + place];
#endif
}`,
    body: wgsl`
  let group = wid.y * groups.x + wid.x;
  let row = group / params.chunks;
  if (row >= params.rows) { return; }
  let chunk = group % params.chunks;
  let base = (row / params.inner) * params.n * params.inner + row % params.inner;
  for (var t = local_index; t < ${u32(chunk)}; t += ${u32(lanes)}) {
    let place = chunk * ${u32(chunk)} + t;
    var id = 0xffffffffu;
    if (place < params.length) { id = candidate(row, place); }
    var key = 0u;
    if (id != 0xffffffffu) { key = sort_key(x[base + id * params.inner]); }
    keys[t] = key;
    ids[t] = id;
  }
  sort_chunk(local_index);
  for (var t = local_index; t < params.keep; t += ${u32(lanes)}) {
#if ${last}
    let to = ((row / params.inner) * params.keep + t) * params.inner + row % params.inner;
    values[to] = x[base + ids[t] * params.inner];
    indices[to] = i32(ids[t]);
#else
    kept[group * params.keep + t] = ids[t];
#endif
  }`,
  });
}

/** Sorts `keys` with their `ids`, best first. */
function bitonicSort(chunk: number, lanes: number): string {
  return wgsl`
fn sort_chunk(lane: u32) {
  workgroupBarrier();
  for (var run = 2u; run <= ${u32(chunk)}; run *= 2u) {
    for (var step = run / 2u; step > 0u; step /= 2u) {
      for (var pair = lane; pair < ${u32(chunk / 2)}; pair += ${u32(lanes)}) {
        // Steps are powers of two: nothing is divided.
        let a = 2u * pair - (pair & (step - 1u));
        let b = a + step;
        let forward = (a & run) == 0u;
        let ka = keys[a];
        let ia = ids[a];
        let kb = keys[b];
        let ib = ids[b];
        if (precedes(kb, ib, ka, ia) == forward) {
          keys[a] = kb;
          ids[a] = ib;
          keys[b] = ka;
          ids[b] = ia;
        }
      }
      workgroupBarrier();
    }
  }
}`;
}
