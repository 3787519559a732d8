/**
 * The boxes whose scores are enough, chunk by chunk, each chunk sorted, best first (bitonic network: Batcher 1968).
 *
 * Layout: scores [segments, n]; threshold [1]; keys and ids [segments, chunks, chunk], of which counts [segments, chunks] hold.
 * Bindings: 0 scores read u32 (bits of floats), 1 threshold read u32 (the same), 2 keys read_write u32, 3 ids read_write u32,
 * 4 counts read_write u32.
 * Workgroup: min(256, chunk / 2) × 1 × 1, one chunk of a segment each.
 * Dispatch: dispatch1d(segments · chunks, 1).
 * Spec: chunk, a power of two; filtered, where there is a threshold; inclusive, where a score equal to it is enough; highest,
 * where the higher index is first of equal scores.
 * Limits: 8 · chunk + 8 bytes of workgroup storage.
 */
import { range } from '../../src/util/arrays.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { sortKeyFunctions } from '../lib/sort-key.ts';

/** What is enough, and which of equals is first. */
export interface CandidateSpec {
  readonly filtered: boolean;
  readonly inclusive: boolean;
  readonly highest: boolean;
}

/** Declares `sort_key`, `precedes` and `fn comes_first(ka, ia, kb, ib)`, which has the ties, and `fn is_enough(bits, limit)`. */
export function candidateFunctions({ filtered, inclusive, highest }: CandidateSpec): string {
  return wgsl`
${sortKeyFunctions('f32', true)}
fn comes_first(ka: u32, ia: u32, kb: u32, ib: u32) -> bool {
#if ${highest}
  return precedes(ka, ~ia, kb, ~ib);
#else
  return precedes(ka, ia, kb, ib);
#endif
}
fn is_enough(key: u32, limit: u32) -> bool {
#if ${!filtered}
  return key != 0xffffffffu;
#endif
#if ${filtered && inclusive}
  return key != 0xffffffffu && limit != 0xffffffffu && key >= limit;
#endif
#if ${filtered && !inclusive}
  return key != 0xffffffffu && key > limit;
#endif
}`;
}

/** Invocations, at most. */
const LANES = 256;
/** Most candidates of a chunk that are ranked by comparing all with all, which takes no barriers. */
const FEW = 256;

export interface CandidatesSpec extends CandidateSpec {
  readonly chunk: number;
}

export function candidatesShader(spec: CandidatesSpec): ShaderModule {
  const { chunk } = spec;
  const lanes = Math.min(LANES, chunk / 2);
  return shaderModule({
    bindings: [
      { name: 'scores', access: 'read', element: 'u32' },
      { name: 'threshold', access: 'read', element: 'u32' },
      { name: 'sorted_keys', access: 'read_write', element: 'u32' },
      { name: 'sorted_ids', access: 'read_write', element: 'u32' },
      { name: 'counts', access: 'read_write', element: 'u32' },
    ],
    params: { segments: 'u32', n: 'u32', chunks: 'u32' },
    workgroupSize: [lanes, 1, 1],
    declarations: wgsl`
var<workgroup> keys: array<u32, ${u32(chunk)}>;
var<workgroup> ids: array<u32, ${u32(chunk)}>;
var<workgroup> found: atomic<u32>;
var<workgroup> size: u32;
${candidateFunctions(spec)}`,
    body: wgsl`
  let group = wid.y * groups.x + wid.x;
  let segment = group / params.chunks;
  if (segment >= params.segments) { return; }
  let base = (group % params.chunks) * ${u32(chunk)};
  let limit = sort_key(bitcast<f32>(threshold[0]));
  for (var t = local_index; t < ${u32(chunk)}; t += ${u32(lanes)}) {
    let place = base + t;
    if (place < params.n) {
      let key = sort_key(bitcast<f32>(scores[segment * params.n + place]));
      if (is_enough(key, limit)) {
        let to = atomicAdd(&found, 1u) % ${u32(chunk)};
        keys[to] = key;
        ids[to] = place;
      }
    }
  }
  workgroupBarrier();
  if (local_index == 0u) { size = atomicLoad(&found); }
  let count = workgroupUniformLoad(&size);
  if (local_index == 0u) { counts[group] = count; }
#if ${FEW < chunk}
  if (count > ${u32(FEW)}) {
${sorted(chunk, lanes)}
    return;
  }
#endif
${ranked(spec, lanes)}`,
  });
}

/** Stores the `count` candidates of the chunk, each at its rank: four an invocation, as reading the others costs more than comparing. */
function ranked({ chunk, highest }: CandidatesSpec, lanes: number): string {
  const four = (name: string): string =>
    `vec4<u32>(${range(4)
      .map((c) => `${name}[(own + ${u32(c)}) % ${u32(chunk)}]`)
      .join(', ')})`;
  return wgsl`
  for (var own = 4u * local_index; own < count; own += ${u32(4 * lanes)}) {
    let key = ${four('keys')};
    let id = ${four('ids')};
    var rank = vec4<u32>();
    for (var t = 0u; t < count; t++) {
      let other = vec4<u32>(keys[t % ${u32(chunk)}]);
      let other_id = vec4<u32>(ids[t % ${u32(chunk)}]);
      rank += select(vec4<u32>(), vec4<u32>(1u), (other > key) | ((other == key) & (other_id ${highest ? '>' : '<'} id)));
    }
    for (var c = 0u; c < min(4u, count - own); c++) {
      let to = group * ${u32(chunk)} + rank[c];
      sorted_keys[to] = key[c];
      sorted_ids[to] = id[c];
    }
  }`;
}

/** Sorts the `count` candidates of the chunk, whose number is known to all, and stores them. */
function sorted(chunk: number, lanes: number): string {
  return wgsl`
  var width = 1u;
  while (width < count) { width *= 2u; }
  for (var t = count + local_index; t < width; t += ${u32(lanes)}) {
    keys[t % ${u32(chunk)}] = 0u;
    ids[t % ${u32(chunk)}] = 0u;
  }
  workgroupBarrier();
  for (var run = 2u; run <= width; run *= 2u) {
    for (var step = run / 2u; step > 0u; step /= 2u) {
      for (var pair = local_index; pair < width / 2u; pair += ${u32(lanes)}) {
        let low = pair & (step - 1u);
        let a = ((pair - low) * 2u + low) % ${u32(chunk)};
        let b = (a + step) % ${u32(chunk)};
        let ka = keys[a];
        let ia = ids[a];
        let kb = keys[b];
        let ib = ids[b];
        if (comes_first(kb, ib, ka, ia) == ((a & run) == 0u)) {
          keys[a] = kb;
          ids[a] = ib;
          keys[b] = ka;
          ids[b] = ia;
        }
      }
      workgroupBarrier();
    }
  }
  for (var t = local_index; t < count; t += ${u32(lanes)}) {
    sorted_keys[group * ${u32(chunk)} + t] = keys[t % ${u32(chunk)}];
    sorted_ids[group * ${u32(chunk)} + t] = ids[t % ${u32(chunk)}];
  }`;
}
