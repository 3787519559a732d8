/**
 * Lists the boxes whose scores are enough, in the order of their indices. An invocation has a part of a segment, and finds 32 boxes at
 * a time which are: first how many, then, when all know where theirs go, once more to list them.
 *
 * Layout: scores [segments, n]; threshold [1]; keys and ids [segments, chunks, chunk], of which counts [segments, chunks] hold, the
 *   first chunks full; keys are 0 from there to the next multiple of four.
 * Bindings: 0 scores read u32 (bits of floats) or four of them, 1 threshold read u32 (the same), 2 keys read_write u32, 3 ids read_write
 *   u32, 4 counts read_write u32.
 * Workgroup: 64 × 1 × 1, one segment each.
 * Dispatch: dispatch1d(segments, 1).
 * Spec: chunk; vector, where n is a multiple of four; filtered, inclusive and highest as of candidates.
 * Params: each, how many scores an invocation has, a multiple of 32.
 * Limits: 256 bytes of workgroup storage.
 */
import { range } from '../../src/util/arrays.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { candidateFunctions, type CandidateSpec } from './candidates.ts';

/** Invocations per workgroup. */
export const LIST_WORKGROUP = 64;

export interface ListSpec extends CandidateSpec {
  readonly chunk: number;
  readonly vector: boolean;
}

export function listShader(spec: ListSpec): ShaderModule {
  const { chunk, vector } = spec;
  return shaderModule({
    bindings: [
      { name: 'scores', access: 'read', element: vector ? 'vec4<u32>' : 'u32' },
      { name: 'threshold', access: 'read', element: 'u32' },
      { name: 'keys', access: 'read_write', element: 'u32' },
      { name: 'ids', access: 'read_write', element: 'u32' },
      { name: 'counts', access: 'read_write', element: 'u32' },
    ],
    params: { segments: 'u32', n: 'u32', chunks: 'u32', each: 'u32' },
    workgroupSize: [LIST_WORKGROUP, 1, 1],
    declarations: wgsl`
var<workgroup> sums: array<u32, ${u32(LIST_WORKGROUP)}>;
${candidateFunctions(spec)}
${wordFunction(vector)}`,
    body: wgsl`
  let segment = wid.y * groups.x + wid.x;
  if (segment >= params.segments) { return; }
  let base = segment * params.n;
  let limit = sort_key(bitcast<f32>(threshold[0]));
  let start = min(local_index * params.each, params.n);
  let end = min(start + params.each, params.n);
  var found = 0u;
  for (var place = start; place < end; place += 32u) { found += countOneBits(word_at(base, place, end, limit)); }
  sums[local_index] = found;
  workgroupBarrier();
  var total = 0u;
  var before = 0u;
  for (var d = 0u; d < ${u32(LIST_WORKGROUP)}; d++) {
    total += sums[d];
    before += select(0u, sums[d], d < local_index);
  }
  let list = segment * params.chunks * ${u32(chunk)};
  for (var c = local_index; c < params.chunks; c += ${u32(LIST_WORKGROUP)}) {
    counts[segment * params.chunks + c] = min(max(total, c * ${u32(chunk)}) - c * ${u32(chunk)}, ${u32(chunk)});
  }
  if (local_index < (~total + 1u) % 4u) { keys[list + total + local_index] = 0u; }
  var to = list + before;
  for (var place = start; place < end; place += 32u) {
    var word = word_at(base, place, end, limit);
    while (word != 0u) {
      let id = place + countTrailingZeros(word);
      word &= word - 1u;
#if ${vector}
      keys[to] = sort_key(bitcast<f32>(scores[(base + id) / 4u][id % 4u]));
#else
      keys[to] = sort_key(bitcast<f32>(scores[base + id]));
#endif
      ids[to] = id;
      to++;
    }
  }`,
  });
}

/** An expression: the bit of one of `four` scores that is enough. */
const enoughBit = (c: number): string =>
  `select(0u, ${u32(2 ** c)}, is_enough(sort_key(bitcast<f32>(four[${u32(c)}])), limit))`;

/** Declares `fn word_at`: which of 32 scores are enough. */
function wordFunction(vector: boolean): string {
  return wgsl`
fn word_at(base: u32, place: u32, end: u32, limit: u32) -> u32 {
  let size = min(32u, end - place);
  var word = 0u;
  for (var t = 0u; t < size; t += 4u) {
#if ${vector}
    let four = scores[(base + place + t) / 4u];
#else
    let last = base + end - 1u;
    let at = base + place + t;
    let four = vec4<u32>(${range(4)
      .map((c) => `scores[min(at + ${u32(c)}, last)]`)
      .join(', ')});
#endif
    word |= (${range(4).map(enoughBit).join(' | ')}) << t;
  }
  return word & (0xffffffffu >> (32u - size));
}`;
}
