/**
 * Soft suppression (Bodla et al., arXiv 1704.04503): the best box is chosen, the scores of those that overlap it decay, and
 * the next best one is found on the way.
 *
 * Layout: scores [segments, n]; boxes [batches, n, 4]; threshold and enough [1]; left [segments, n], what is left of the scores,
 * bits of NaN where nothing; kept_ids and kept_scores [segments, keep], of which kept_counts [segments] hold.
 * Bindings: 0 scores read u32 (bits of floats), 1 boxes read vec4<f32>, 2 threshold read u32, 3 enough read u32 (bits of floats),
 * 4 left read_write u32, 5 kept_ids read_write u32, 6 kept_scores read_write f32, 7 kept_counts read_write u32.
 * Workgroup: 256 × 1 × 1, one segment each.
 * Dispatch: dispatch1d(segments, 1).
 * Spec: linear, else Gaussian; the form of boxes, what is over the threshold, what score is enough, which of equals is first.
 * Limits: workgroup storage 2 KiB.
 */
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { OVERLAP_PARAMS, overlapFunctions, type OverlapSpec } from '../lib/overlap.ts';
import { candidateFunctions, type CandidateSpec } from './candidates.ts';

export interface SoftSpec {
  readonly linear: boolean;
  readonly overlap: OverlapSpec;
  readonly candidates: CandidateSpec;
}

export function softShader(spec: SoftSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'scores', access: 'read', element: 'u32' },
      { name: 'boxes', access: 'read', element: 'vec4<f32>' },
      { name: 'threshold', access: 'read', element: 'u32' },
      { name: 'enough', access: 'read', element: 'u32' },
      { name: 'left', access: 'read_write', element: 'u32' },
      { name: 'kept_ids', access: 'read_write', element: 'u32' },
      { name: 'kept_scores', access: 'read_write', element: 'f32' },
      { name: 'kept_counts', access: 'read_write', element: 'u32' },
    ],
    params: { segments: 'u32', classes: 'u32', n: 'u32', keep: 'u32', scale: 'f32', ...OVERLAP_PARAMS },
    workgroupSize: [256, 1, 1],
    declarations: declarations(spec),
    body: body(spec),
  });
}

/** Whether the overlap `part` is over the threshold. */
function over({ overlap }: SoftSpec): string {
  return overlap.inclusive ? 'part >= limit' : 'part > limit';
}

function declarations(spec: SoftSpec): string {
  const { linear, overlap, candidates } = spec;
  return wgsl`
var<workgroup> keys: array<u32, 256>;
var<workgroup> ids: array<u32, 256>;
${candidateFunctions(candidates)}
${overlapFunctions(overlap)}
fn decayed(score: f32, part: f32, limit: f32) -> f32 {
#if ${linear}
  if (${over(spec)}) { return score * (1.0 - part); }
  return score;
#else
  return score * exp(params.scale * part * part);
#endif
}
// The best of all invocations, in place 0.
fn gather_best(lane: u32, key: u32, id: u32) {
  workgroupBarrier();
  keys[lane] = key;
  ids[lane] = id;
  workgroupBarrier();
  for (var half = 128u; half > 0u; half /= 2u) {
    if (lane < half) {
      let other = (lane + half) % 256u;
      if (comes_first(keys[other], ids[other], keys[lane], ids[lane])) {
        keys[lane] = keys[other];
        ids[lane] = ids[other];
      }
    }
    workgroupBarrier();
  }
}`;
}

function body(spec: SoftSpec): string {
  return wgsl`
  let segment = wid.y * groups.x + wid.x;
  if (segment >= params.segments) { return; }
  let first_box = (segment / params.classes) * params.n;
  let start = segment * params.n;
  let limit = limit_of(threshold[0]);
  let least = sort_key(bitcast<f32>(enough[0]));
  var key = 0u;
  var id = 0u;
  for (var i = local_index; i < params.n; i += 256u) {
    let bits = scores[start + i];
    let own = sort_key(bitcast<f32>(bits));
    let stays = is_enough(own, least);
    left[start + i] = select(0x7fc00000u, bits, stays);
    if (stays && comes_first(own, i, key, id)) {
      key = own;
      id = i;
    }
  }
  var round = 0u;
  for (; round < params.keep; round++) {
    gather_best(local_index, key, id);
    if (workgroupUniformLoad(&keys[0]) == 0u) { break; }
    let best = workgroupUniformLoad(&ids[0]);
    if (local_index == 0u) {
      kept_ids[segment * params.keep + round] = best;
    }
    if (local_index == best % 256u) {
      kept_scores[segment * params.keep + round] = bitcast<f32>(left[start + best]);
      left[start + best] = 0x7fc00000u;
    }
${decay(spec)}
  }
  if (local_index == 0u) { kept_counts[segment] = round; }`;
}

/** What is left of the scores once `best` is chosen, and the best of them. */
function decay(spec: SoftSpec): string {
  return wgsl`
    let box = corners(boxes[first_box + best]);
    let area = area_of(box);
    key = 0u;
    id = 0u;
    for (var i = local_index; i < params.n; i += 256u) {
      var bits = left[start + i];
      if (bits == 0x7fc00000u) { continue; }
      let other = corners(boxes[first_box + i]);
      let part = overlap(box, area, other, area_of(other));
      var own = sort_key(bitcast<f32>(bits));
      let score = bitcast<f32>(bits);
      let next = decayed(score, part, limit);
      var stays = true;
#if ${!spec.linear}
      stays = !(${over(spec)});
#endif
      if (next != score || !stays) {
        bits = bitcast<u32>(next);
        own = sort_key(next);
        stays = stays && is_enough(own, least);
        left[start + i] = select(0x7fc00000u, bits, stays);
      }
      if (stays && comes_first(own, i, key, id)) {
        key = own;
        id = i;
      }
    }`;
}
