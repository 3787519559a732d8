/**
 * Merges the sorted chunks of a segment at once: each candidate finds its rank by how many of every other chunk come before it.
 *
 * Layout: keys and ids [segments, chunks, chunk], of which counts [segments, chunks] hold; merged [segments, chunks · chunk].
 * Bindings: 0 keys read u32, 1 ids read u32, 2 counts read u32, 3 merged read_write u32.
 * Workgroup: 64 × 1 × 1, one candidate per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: chunk, a power of two, at least 64; highest, where the higher index is first of equal scores.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { candidateFunctions } from './candidates.ts';

/** Invocations per workgroup. */
export const MERGE_WORKGROUP = 64;

export interface MergeSpec {
  readonly chunk: number;
  readonly highest: boolean;
}

export function mergeShader({ chunk, highest }: MergeSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'keys', access: 'read', element: 'u32' },
      { name: 'ids', access: 'read', element: 'u32' },
      { name: 'counts', access: 'read', element: 'u32' },
      { name: 'merged', access: 'read_write', element: 'u32' },
    ],
    params: { count: 'u32', chunks: 'u32' },
    workgroupSize: [MERGE_WORKGROUP, 1, 1],
    declarations: candidateFunctions({ filtered: false, inclusive: false, highest }),
    body: wgsl`
  ${linearIndex(MERGE_WORKGROUP)}
  if (i >= params.count) { return; }
  let group = i / ${u32(chunk)};
  let place = i % ${u32(chunk)};
  if (place >= counts[group]) { return; }
  let segment = group / params.chunks;
  let first = segment * params.chunks;
  let key = keys[i];
  let id = ids[i];
  var rank = place;
  for (var other = first; other < first + params.chunks; other++) {
    if (other == group) { continue; }
    var low = 0u;
    var high = counts[other];
    while (low < high) {
      let middle = (low + high) / 2u;
      let at = other * ${u32(chunk)} + middle;
      if (comes_first(keys[at], ids[at], key, id)) { low = middle + 1u; } else { high = middle; }
    }
    rank += low;
  }
  merged[first * ${u32(chunk)} + rank] = id;`,
  });
}
