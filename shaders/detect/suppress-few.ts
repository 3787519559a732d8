/**
 * As suppress.ts, for processors of few invocations to which a load costs more than comparing boxes: all have the 32 candidates of a
 * block in registers, and each loads every eighth of the boxes that these are compared with, the kept ones and their own.
 *
 * Layout: as of suppress.ts, but kept_boxes and kept_areas [segments, keep + 32].
 * Bindings: as of suppress.ts.
 * Workgroup: 8 × 1 × 1, one segment each.
 * Dispatch: dispatch1d(segments, 1).
 * Spec: the form of boxes, and what is over the threshold.
 * Limits: workgroup storage 780 bytes.
 */
import { range } from '../../src/util/arrays.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { overlapFunctions, type OverlapSpec } from '../lib/overlap.ts';
import { stayInTurn, SUPPRESS_BINDINGS, SUPPRESS_PARAMS } from './suppress.ts';

const WORKGROUP = 8;

/** How many more boxes a segment has room for than are kept. */
export const SUPPRESS_FEW_ROOM = 32;

export function suppressFewShader(spec: OverlapSpec): ShaderModule {
  return shaderModule({
    bindings: SUPPRESS_BINDINGS,
    params: SUPPRESS_PARAMS,
    workgroupSize: [WORKGROUP, 1, 1],
    declarations: wgsl`
var<workgroup> block: array<vec4<f32>, 32>;
var<workgroup> areas: array<f32, 32>;
var<workgroup> words: array<u32, 32>;
var<workgroup> gone: atomic<u32>;
var<workgroup> hitting: atomic<u32>;
var<workgroup> total: u32;
${overlapFunctions(spec)}`,
    body: wgsl`
  let segment = wid.y * groups.x + wid.x;
  if (segment >= params.segments) { return; }
  let batch = segment / params.classes;
  let limit = limit_of(threshold[0]);
  var count = 0u;
  for (var c = 0u; c < params.chunks; c++) { count += counts[segment * params.chunks + c]; }
  let first = segment * (params.keep + ${u32(SUPPRESS_FEW_ROOM)});
  for (var start = 0u; start < count; start += 32u) {
    let before = workgroupUniformLoad(&total);
    if (before >= params.keep) { break; }
    let list = segment * params.stride + start;
    for (var i = local_index; i < 32u; i += ${u32(WORKGROUP)}) {
      var own = vec4<f32>(0.0);
      if (start + i < count) { own = corners(boxes[batch * params.n + ids[list + i]]); }
      let area = area_of(own);
      block[i] = own;
      areas[i] = area;
      kept_boxes[first + before + i] = own;
      kept_areas[first + before + i] = area;
    }
    if (local_index == 0u) {
      atomicStore(&gone, select(0u, 0xffffffffu << (count - start), count - start < 32u));
      atomicStore(&hitting, 0u);
    }
    storageBarrier();
    workgroupBarrier();
${compare()}
    workgroupBarrier();
${decide()}
    storageBarrier();
    if (local_index == 0u) { total = min(params.keep, before + countOneBits(kept)); }
  }
  let all = workgroupUniformLoad(&total);
  if (local_index == 0u) { kept_counts[segment] = all; }`,
  });
}

/** A line for each candidate of a block. */
const lines = (line: (j: number) => string): string => range(32).map(line).join('\n');

/** Who of the block is over with a kept box, and which candidates may be with each of the block: a word each. */
function compare(): string {
  return wgsl`
${lines((j) => `    let box_${j} = block[${u32(j)}];\n    let area_${j} = areas[${u32(j)}];`)}
    var lost = 0u;
    for (var k = local_index; k < before + 32u; k += ${u32(WORKGROUP)}) {
      let other = kept_boxes[first + k];
      let other_area = kept_areas[first + k];
      var word = 0u;
${lines((j) => `      word |= select(0u, ${u32(2 ** j)}, may_be_over(other, other_area, box_${j}, area_${j}, limit));`)}
      if (k >= before) {
        words[k - before] = word;
      } else {
        var near = word & ~lost;
        while (near != 0u) {
          let i = countTrailingZeros(near) % 32u;
          near &= near - 1u;
          if (is_over(other, other_area, block[i], areas[i], limit)) { lost |= 1u << i; }
        }
      }
    }
    if (lost != 0u) { atomicOr(&gone, lost); }`;
}

/** Who of the block stays. */
function decide(): string {
  return wgsl`
    let left = ~atomicLoad(&gone);
    for (var k = local_index; k < 32u; k += ${u32(WORKGROUP)}) {
      var near = select(0u, words[k] & left & ~((2u << k) - 1u), ((left >> k) & 1u) == 1u);
      var word = 0u;
      while (near != 0u) {
        let i = countTrailingZeros(near) % 32u;
        near &= near - 1u;
        if (is_over(block[k], areas[k], block[i], areas[i], limit)) { word |= 1u << i; }
      }
      words[k] = word;
      if (word != 0u) { atomicOr(&hitting, 1u << k); }
    }
    workgroupBarrier();
    ${stayInTurn('words[k]')}
    for (var i = local_index; i < 32u; i += ${u32(WORKGROUP)}) {
      let place = before + countOneBits(kept & ((1u << i) - 1u));
      if (((kept >> i) & 1u) == 1u && place < params.keep) {
        kept_ids[segment * params.keep + place] = ids[list + i];
        kept_boxes[first + place] = block[i];
        kept_areas[first + place] = areas[i];
      }
    }`;
}
