/**
 * One pass of a selection by digits (radix select) over rows that several workgroups share: where the k-th best lies is found
 * digit by digit, from the highest; the last pass lists the k best in the order of their positions, so of equals the first.
 *
 * Layout: x [outer, n, inner], a row is one (outer, inner) pair of `parts` parts of 256 · each neighbours; before and counts
 *   [rows, parts, 256], how many candidates of a part have which digit, of the last pass and of this one; states
 *   [rows, parts]: digits so far, how many are wanted of those that have them, and how many of the parts before are better.
 *   The last pass writes keys and ids (positions along n) [rows, keep].
 * Bindings: 0 x read, 1 before read u32, 2 states read_write vec4<u32>, then counts read_write u32, or keys and ids
 *   read_write u32 when last.
 * Workgroup: 256 × 1 × 1, one part each; an invocation has a digit, and a 256th of the part.
 * Dispatch: dispatch1d(rows · parts, 1).
 * Spec: type of x; largest; last.
 * Params: shift is that of the digit, and 24 where no pass was before.
 * Limits: workgroup storage 2208 bytes.
 */
import { shaderModule, wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import type { Scalar } from '../lib/numbers.ts';
import { sortKeyFunctions } from '../lib/sort-key.ts';
import { topKLists } from '../lib/top-k.ts';

/** Digits there are, and invocations. */
export const TOP_K_DIGITS = 256;

export interface TopKDigitSpec {
  readonly type: Scalar;
  readonly largest: boolean;
  readonly last: boolean;
}

export function topKDigitShader({ type, largest, last }: TopKDigitSpec): ShaderModule {
  const counts: Binding = { name: 'counts', access: 'read_write', element: 'u32' };
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: type },
      { name: 'before', access: 'read', element: 'u32' },
      { name: 'states', access: 'read_write', element: 'vec4<u32>' },
      ...(last ? topKLists('', 'read_write') : [counts]),
    ],
    params: {
      rows: 'u32',
      n: 'u32',
      inner: 'u32',
      parts: 'u32',
      each: 'u32',
      keep: 'u32',
      shift: 'u32',
    },
    workgroupSize: [TOP_K_DIGITS, 1, 1],
    declarations: wgsl`
var<workgroup> sums: array<u32, 256>;
var<workgroup> votes: array<atomic<u32>, 256>;
var<workgroup> old: vec4<u32>;
var<workgroup> digit: u32;
var<workgroup> wanted: u32;
var<workgroup> equals: u32;
var<workgroup> better: atomic<u32>;
var<workgroup> coarse: array<atomic<u32>, 32>;
${sortKeyFunctions(type, largest)}`,
    body: wgsl`
  let group = wid.y * groups.x + wid.x;
  let row = group / params.parts;
  if (row >= params.rows) { return; }
  let part = group % params.parts;
  let base = (row / params.inner) * params.n * params.inner + row % params.inner;
  let start = part * params.each * 256u;
#if ${last}
${state()}
${list()}
#else
  var state = vec4<u32>(0u, params.keep, 0u, 0u);
  if (params.shift < 24u) {
${state()}
    state = next;
  }
  if (local_index == 0u) { states[group] = state; }
  for (var j = 0u; j < params.each; j++) {
    let id = start + j * 256u + local_index;
    if (id < params.n) {
      let key = sort_key(x[base + id * params.inner]) >> params.shift;
      if ((key >> 8u) == state.x) { atomicAdd(&votes[key % 256u], 1u); }
    }
  }
  workgroupBarrier();
  counts[group * 256u + local_index] = atomicLoad(&votes[local_index]);
#endif`,
  });
}

/** Declares `next`, the state with the digit that the last pass found, and beside it how many of the parts before equal that. */
function state(): string {
  return wgsl`
    var all = 0u;
    var earlier = 0u;
    for (var p = 0u; p < params.parts; p++) {
      let count = before[(row * params.parts + p) * 256u + local_index];
      all += count;
      earlier += select(0u, count, p < part);
    }
    sums[local_index] = all;
    atomicAdd(&coarse[local_index / 16u], all);
    if (local_index == 0u) { old = states[group]; }
    workgroupBarrier();
    if (local_index == 0u) {
      wanted = old.y;
      digit = 255u;
      while (digit >= 16u && atomicLoad(&coarse[digit / 16u % 16u]) < wanted) {
        wanted -= atomicLoad(&coarse[digit / 16u % 16u]);
        digit -= 16u;
      }
      while (digit > 0u && sums[digit % 256u] < wanted) {
        wanted -= sums[digit % 256u];
        digit--;
      }
    }
    workgroupBarrier();
    if (local_index == digit) { equals = earlier; }
    if (local_index > digit && earlier > 0u) { atomicAdd(&better, earlier); }
    workgroupBarrier();
    let next = vec4<u32>((old.x << 8u) | digit, wanted, old.z + atomicLoad(&better), equals);`;
}

/** Lists what is better than the last that stays, and the first of those that equal it. */
function list(): string {
  return wgsl`
  let first = start + local_index * params.each;
  let end = min(first + params.each, params.n);
  var more = 0u;
  var same = 0u;
  for (var id = first; id < end; id++) {
    let key = sort_key(x[base + id * params.inner]);
    more += u32(key > next.x);
    same += u32(key == next.x);
  }
  workgroupBarrier();
  // Per invocation, then per sixteen of them.
  sums[local_index] = more;
  atomicStore(&votes[local_index], same);
  if (local_index < 32u) { atomicStore(&coarse[local_index], 0u); }
  workgroupBarrier();
  atomicAdd(&coarse[local_index / 16u], more);
  atomicAdd(&coarse[16u + local_index / 16u], same);
  workgroupBarrier();
  more = next.z;
  same = next.w;
  for (var d = 0u; d < local_index / 16u; d++) {
    more += atomicLoad(&coarse[d % 16u]);
    same += atomicLoad(&coarse[16u + d % 16u]);
  }
  for (var d = local_index / 16u * 16u; d < local_index; d++) {
    more += sums[d % 256u];
    same += atomicLoad(&votes[d % 256u]);
  }
  for (var id = first; id < end; id++) {
    let key = sort_key(x[base + id * params.inner]);
    if (key > next.x || (key == next.x && same < next.y)) {
      let to = row * params.keep + more + min(same, next.y);
      keys[to] = key;
      ids[to] = id;
    }
    more += u32(key > next.x);
    same += u32(key == next.x);
  }`;
}
