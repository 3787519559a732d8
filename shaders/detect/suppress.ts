/**
 * Greedy suppression of sorted candidates in blocks of 32: those of a block that no kept box suppresses say in a word each which
 * later ones of the block they suppress, and the words decide in turn who is kept. As many overlaps are computed as greedy
 * suppression needs, plus those within blocks.
 *
 * Layout: ids [segments, stride], of which the sum of counts [segments, chunks] hold, best first; boxes [batches, n, 4];
 * threshold [1]; kept_ids, kept_boxes (corners) and kept_areas [segments, keep], of which kept_counts [segments] hold.
 * Bindings: 0 ids read u32, 1 counts read u32, 2 boxes read vec4<f32>, 3 threshold read u32 (bits of a float), 4 kept_ids
 * read_write u32, 5 kept_boxes read_write vec4<f32>, 6 kept_areas read_write f32, 7 kept_counts read_write u32.
 * Workgroup: 256 × 1 × 1, one segment each; a candidate is compared with the kept boxes by eight invocations.
 * Dispatch: dispatch1d(segments, 1).
 * Spec: the form of boxes, and what is over the threshold.
 * Limits: workgroup storage 1036 bytes.
 */
import { range } from '../../src/util/arrays.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import { OVERLAP_PARAMS, overlapFunctions, type OverlapSpec } from '../lib/overlap.ts';

/** What is read and written. */
export const SUPPRESS_BINDINGS: readonly Binding[] = [
  { name: 'ids', access: 'read', element: 'u32' },
  { name: 'counts', access: 'read', element: 'u32' },
  { name: 'boxes', access: 'read', element: 'vec4<f32>' },
  { name: 'threshold', access: 'read', element: 'u32' },
  { name: 'kept_ids', access: 'read_write', element: 'u32' },
  { name: 'kept_boxes', access: 'read_write', element: 'vec4<f32>' },
  { name: 'kept_areas', access: 'read_write', element: 'f32' },
  { name: 'kept_counts', access: 'read_write', element: 'u32' },
];

/** Parameters. */
export const SUPPRESS_PARAMS = {
  segments: 'u32',
  classes: 'u32',
  n: 'u32',
  stride: 'u32',
  chunks: 'u32',
  keep: 'u32',
  ...OVERLAP_PARAMS,
} as const;

/** Invocations that compare one candidate with the kept boxes. */
const SLICES = 8;

export function suppressShader(spec: OverlapSpec): ShaderModule {
  return shaderModule({
    bindings: SUPPRESS_BINDINGS,
    params: SUPPRESS_PARAMS,
    workgroupSize: [32 * SLICES, 1, 1],
    declarations: wgsl`
var<workgroup> block: array<vec4<f32>, 32>;
var<workgroup> areas: array<f32, 32>;
var<workgroup> hits: array<atomic<u32>, 32>;
var<workgroup> nears: array<atomic<u32>, 32>;
var<workgroup> pairs: array<atomic<u32>, 32>;
var<workgroup> gone: atomic<u32>;
var<workgroup> hitting: atomic<u32>;
var<workgroup> total: u32;
${overlapFunctions(spec)}`,
    body: body(),
  });
}

function body(): string {
  return wgsl`
  let segment = wid.y * groups.x + wid.x;
  if (segment >= params.segments) { return; }
  let batch = segment / params.classes;
  let limit = limit_of(threshold[0]);
  var count = 0u;
  for (var c = 0u; c < params.chunks; c++) { count += counts[segment * params.chunks + c]; }
  let lane = local_index % 32u;
  let slice = local_index / 32u;
  let first = segment * params.keep;
  for (var start = 0u; start < count; start += 32u) {
    let before = workgroupUniformLoad(&total);
    if (before >= params.keep) { break; }
    let is_there = start + lane < count;
    var id = 0u;
    var own = vec4<f32>(0.0);
    if (is_there) {
      id = ids[segment * params.stride + start + lane];
      own = corners(boxes[batch * params.n + id]);
    }
    let area = area_of(own);
    if (slice == 0u) {
      block[lane] = own;
      areas[lane] = area;
      atomicStore(&hits[lane], 0u);
      atomicStore(&nears[lane], before);
      atomicStore(&pairs[lane], 0u);
    }
    if (local_index == 0u) {
      atomicStore(&gone, 0u);
      atomicStore(&hitting, 0u);
    }
    workgroupBarrier();
${nearest()}
    workgroupBarrier();
    var is_gone = !is_there;
    if (slice == 0u) {
      // Those that may be over mostly are.
      for (var k = atomicLoad(&nears[lane]); k < before; k++) {
        if (is_gone) { break; }
        is_gone = is_over(kept_boxes[first + k], kept_areas[first + k], own, area, limit);
      }
    }
${decideBlock()}
    storageBarrier();
    if (local_index == 0u) { total = after; }
  }
  let all = workgroupUniformLoad(&total);
  if (local_index == 0u) { kept_counts[segment] = all; }`;
}

/**
 * The first kept box that may be over with each candidate of the block, and which later ones may be with each of its own. Nobody
 * leaves the loop early: all share its loads.
 */
function nearest(): string {
  return wgsl`
    var near = before;
    for (var k = slice; k < before; k += ${u32(SLICES)}) {
      near = min(near, select(before, k, may_be_over(kept_boxes[first + k], kept_areas[first + k], own, area, limit)));
    }
    for (var k = slice; k < 32u; k += ${u32(SLICES)}) {
      let over = may_be_over(block[k], areas[k], own, area, limit);
      let word = select(0u, 1u << lane, over) & ~((2u << k) - 1u);
      if (word != 0u) { atomicOr(&pairs[k], word); }
    }
    atomicMin(&nears[lane], near);`;
}

/** Who of a block is kept, and where. */
function decideBlock(): string {
  const turns = range(32 / SLICES).reduce((bits, i) => bits + 2 ** (SLICES * i), 0);
  return wgsl`
    workgroupBarrier();
    if (is_gone) { atomicOr(&gone, 1u << lane); }
    workgroupBarrier();
    let left = ~atomicLoad(&gone);
    if (((left >> lane) & 1u) == 1u) {
      // A slice has the candidates of its turn.
      var near = atomicLoad(&pairs[lane]) & left & (${u32(turns)} << slice);
      var word = 0u;
      while (near != 0u) {
        let k = countTrailingZeros(near) % 32u;
        near &= near - 1u;
        if (is_over(own, area, block[k], areas[k], limit)) { word |= 1u << k; }
      }
      if (word != 0u) {
        atomicOr(&hits[lane], word);
        atomicOr(&hitting, 1u << lane);
      }
    }
    workgroupBarrier();
    ${stayInTurn('atomicLoad(&hits[k])')}
    let after = min(params.keep, before + countOneBits(kept));
    let place = before + countOneBits(kept & ((1u << lane) - 1u));
    if (slice == 0u && ((kept >> lane) & 1u) == 1u && place < params.keep) {
      let to = first + place;
      kept_ids[to] = id;
      kept_boxes[to] = own;
      kept_areas[to] = area;
    }`;
}

/** Declares `kept`: those of `left` that stay, where `hitting` are those that suppress any, and the word `hits` is whom k does. */
export function stayInTurn(hits: string): string {
  return wgsl`var kept = left;
    // Best first: whoever is still there when it is its turn stays.
    var rest = atomicLoad(&hitting);
    while (rest != 0u) {
      let k = countTrailingZeros(rest) % 32u;
      rest &= rest - 1u;
      if (((kept >> k) & 1u) == 1u) { kept &= ~${hits}; }
    }`;
}
