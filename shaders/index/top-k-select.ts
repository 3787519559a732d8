/**
 * One pass of TopK by chunks: each workgroup finds the best of a chunk of candidates; passes repeat on what is kept until
 * one chunk is left, which is ranked. The least that is good enough is found bit by bit: invocations hold their
 * candidates in registers and count those that would be enough. Nothing is moved before it is known to stay.
 *
 * Layout: x [outer, n, inner], a row is one (outer, inner) pair. Candidates are positions along n, 0xffffffff where
 *   there is none: every position; those `listed` [rows, length]; or the `members` of the groups of `group` neighbours that
 *   listed [rows, length / group] positions belong to. The last pass writes values and indices
 *   [outer, keep, inner]; others write kept candidates [rows, chunks, keep], in no order.
 * Bindings: x read; listed read u32 unless positions; values read_write and indices read_write i32 when last, else
 *   kept read_write u32.
 * Workgroup: lanes × 1 × 1 per chunk of one row, of lanes · 4 · quads candidates.
 * Dispatch: dispatch1d(rows · chunks, 1): one workgroup per chunk of a row.
 * Spec: type of x; largest; lanes; quads; candidates; room, when last.
 * Params: bits is 32, and each 4 · quads: loops of known length would be unrolled, which takes seconds to compile.
 * Limits: 8 · room + 264 bytes of workgroup storage.
 */
import { range } from '../../src/util/arrays.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import type { Scalar } from '../lib/numbers.ts';
import { sortKeyFunctions } from '../lib/sort-key.ts';
import { topKResultIndex, topKResults } from '../lib/top-k.ts';

/**
 * Most results of a row, by how much room they have in workgroup memory: at most 8 KiB, half of what every device has.
 * Browsers clear it word by word, and to compile that takes SwiftShader a third of a millisecond each.
 */
export const TOP_K_ROOMS = [64, 256, 1024] as const;

export interface TopKSelectSpec {
  readonly type: Scalar;
  readonly largest: boolean;
  readonly lanes: number;
  readonly quads: number;
  readonly candidates: 'positions' | 'listed' | 'members';
  /** Of the last pass: one of `TOP_K_ROOMS`, at least keep. */
  readonly room?: number;
}

export function topKSelectShader(spec: TopKSelectSpec): ShaderModule {
  const { type, largest, lanes, quads, room = 0 } = spec;
  const last = room > 0;
  const lists: readonly Binding[] =
    spec.candidates === 'positions' ? [] : [{ name: 'listed', access: 'read', element: 'u32' }];
  const results: readonly Binding[] = last
    ? topKResults(type)
    : [{ name: 'kept', access: 'read_write', element: 'u32' }];
  return shaderModule({
    bindings: [{ name: 'x', access: 'read', element: type }, ...lists, ...results],
    params: {
      rows: 'u32',
      n: 'u32',
      inner: 'u32',
      length: 'u32',
      chunks: 'u32',
      keep: 'u32',
      bits: 'u32',
      each: 'u32',
      shift: 'u32',
    },
    workgroupSize: [lanes, 1, 1],
    declarations: wgsl`
var<workgroup> votes: array<atomic<u32>, 64>;
var<workgroup> found: atomic<u32>;
var<workgroup> ties: u32;
#if ${last}
var<workgroup> best_keys: array<u32, ${u32(room)}>;
var<workgroup> best_ids: array<u32, ${u32(room)}>;
#endif
${sortKeyFunctions(type, largest)}
${candidateFunctions(spec.candidates)}`,
    body: wgsl`
  let group = wid.y * groups.x + wid.x;
  let row = group / params.chunks;
  if (row >= params.rows) { return; }
  let base = (row / params.inner) * params.n * params.inner + row % params.inner;
  let place = (group % params.chunks) * ${u32(lanes * quads * 4)} + local_index;
${candidates(lanes, quads)}
${threshold(quads)}
${kept(lanes, room)}
#if ${last}
${ranked(lanes, room)}
#endif`,
  });
}

/** Declares the candidate at a place of a row. Where there is none it is one of many that come last. */
function candidateFunctions(from: TopKSelectSpec['candidates']): string {
  return wgsl`
fn candidate(row: u32, place: u32) -> u32 {
#if ${from === 'positions'}
  let id = place;
#endif
#if ${from === 'listed'}
  let id = listed[row * params.length + min(place, params.length - 1u)];
#endif
#if ${from === 'members'}
  let named = listed[(row * params.length + min(place, params.length - 1u)) >> params.shift];
  let id = insertBits(named, place, 0u, params.shift);
#endif
  return select(id, 0x80000000u | place, place >= params.length || id >= params.n);
}
fn key_of(base: u32, id: u32) -> u32 {
  let exists = id < 0x80000000u;
  return select(0u, sort_key(x[base + select(0u, id, exists) * params.inner]), exists);
}`;
}

/** An invocation's candidates, and their keys. */
function candidates(lanes: number, quads: number): string {
  return range(quads)
    .map((q) => {
      const ids = range(4).map((c) => `candidate(row, place + ${u32((4 * q + c) * lanes)})`);
      const keys = [...'xyzw'].map((c) => `key_of(base, ids_${q}.${c})`);
      return wgsl`
  let ids_${q} = vec4<u32>(${ids.join(', ')});
  let keys_${q} = vec4<u32>(${keys.join(', ')});`;
    })
    .join('\n');
}

/**
 * `least`, the key of the last that stays, and `first`: of those with this key those stay whose index, inverted, is at
 * least that.
 */
function threshold(quads: number): string {
  const all = range(quads);
  const vote = (text: (q: number) => string): string =>
    all.map((q) => `    count += select(none, one, ${text(q)});`).join('\n');
  return wgsl`
  let none = vec4<u32>();
  let one = vec4<u32>(1u);
  var least = 0u;
  var enough = 0u;
  for (var bit = 0u; bit < params.bits; bit++) {
    // With as many as are wanted the other bits decide nothing. To ask costs as much as a bit.
    if (bit >= 8u && bit % 4u == 0u) {
      if (local_index == 0u) { ties = enough; }
      if (workgroupUniformLoad(&ties) == params.keep) { break; }
    }
    let trial = least | (0x80000000u >> bit);
    var count = none;
${vote((q) => `keys_${q} >= vec4<u32>(trial)`)}
    atomicAdd(&votes[bit % 32u], count.x + count.y + count.z + count.w);
    workgroupBarrier();
    let voted = atomicLoad(&votes[bit % 32u]);
    least = select(least, trial, voted >= params.keep);
    enough = select(enough, voted, voted >= params.keep);
  }
  var above = none;
  var equal = none;
${all
  .map(
    (q) => wgsl`
  above += select(none, one, keys_${q} > vec4<u32>(least));
  equal += select(none, one, keys_${q} == vec4<u32>(least));`,
  )
  .join('\n')}
  // Both in one number: chunks have fewer than 2^16 candidates.
  let both = above + (equal << vec4<u32>(16u));
  atomicAdd(&found, both.x + both.y + both.z + both.w);
  workgroupBarrier();
  if (local_index == 0u) { ties = atomicLoad(&found); }
  let counted = workgroupUniformLoad(&ties);
  if (local_index == 0u) { atomicStore(&found, 0u); }
  let wanted = params.keep - (counted & 0xffffu);
  var first = 0u;
  let tie_bits = select(0u, params.bits, (counted >> 16u) > wanted);
  for (var bit = 0u; bit < tie_bits; bit++) {
    let trial = first | (0x80000000u >> bit);
    var count = none;
${vote((q) => `(keys_${q} == vec4<u32>(least)) & (~ids_${q} >= vec4<u32>(trial))`)}
    atomicAdd(&votes[32u + bit % 32u], count.x + count.y + count.z + count.w);
    workgroupBarrier();
    first = select(first, trial, atomicLoad(&votes[32u + bit % 32u]) >= wanted);
  }
  workgroupBarrier();`;
}

/** Lists what stays, in no order. Candidates are read again: each of them in a line of its own takes long to compile. */
function kept(lanes: number, room: number): string {
  return wgsl`
  for (var c = 0u; c < params.each; c++) {
    let id = candidate(row, place + c * ${u32(lanes)});
    let key = key_of(base, id);
    if (key > least || (key == least && ~id >= first)) {
      let slot = atomicAdd(&found, 1u);
#if ${room > 0}
      best_ids[slot % ${u32(room)}] = id;
      best_keys[slot % ${u32(room)}] = key;
#else
      kept[group * params.keep + slot] = select(id, 0xffffffffu, id >= 0x80000000u);
#endif
    }
  }`;
}

/** Stores the best, each where its rank says. An invocation ranks four: reading the others costs more than comparing. */
function ranked(lanes: number, room: number): string {
  const listed = (name: string, place: string): string => `${name}[(${place}) % ${u32(room)}]`;
  const four = (name: string): string =>
    range(4)
      .map((c) => listed(name, `s + ${u32(c)}`))
      .join(', ');
  return wgsl`
  workgroupBarrier();
  for (var s = 4u * local_index; s < params.keep; s += ${u32(4 * lanes)}) {
    let keys = vec4<u32>(${four('best_keys')});
    let ids = vec4<u32>(${four('best_ids')});
    var rank = none;
    for (var t = 0u; t < params.keep; t++) {
      let key = vec4<u32>(${listed('best_keys', 't')});
      let id = vec4<u32>(${listed('best_ids', 't')});
      rank += select(none, one, (key > keys) | ((key == keys) & (id < ids)));
    }
    for (var c = 0u; c < min(4u, params.keep - s); c++) {
      let id = ${listed('best_ids', 's + c')};
      let to = ${topKResultIndex('rank[c]')};
      values[to] = x[base + id * params.inner];
      indices[to] = i32(id);
    }
  }`;
}
