/**
 * Merges the sorted chunks of a segment at once: each candidate finds its rank by how many of every other chunk come before it.
 * Of equal scores those of the earlier chunk have the lower indices.
 *
 * Layout: keys and ids [segments, chunks, chunk], of which counts [segments, chunks] hold; merged [segments, chunks · chunk].
 * Bindings: 0 keys read u32, 1 ids read u32, 2 counts read u32, 3 merged read_write u32.
 * Workgroup: 64 × 1 × 1, candidates of one chunk.
 * Dispatch: dispatch1d(spread, 1): the candidates of a chunk are shared out to `parts`, and all parts to `spread` workgroups.
 * Spec: chunk, a power of two, at least 64; highest, where the higher index is first of equal scores.
 * Limits: no workgroup storage.
 */
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';

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
    params: { groups: 'u32', parts: 'u32', chunks: 'u32', spread: 'u32' },
    workgroupSize: [MERGE_WORKGROUP, 1, 1],
    body: wgsl`
  for (var block = wid.y * groups.x + wid.x; block < params.groups * params.parts; block += params.spread) {
    let group = block / params.parts;
    let first = group / params.chunks * params.chunks;
    let count = counts[group];
    let part = (block % params.parts) * ${u32(MERGE_WORKGROUP)};
    for (var place = part + local_index; place < count; place += params.parts * ${u32(MERGE_WORKGROUP)}) {
      let key = keys[group * ${u32(chunk)} + place];
      var rank = place;
      for (var other = first; other < first + params.chunks; other++) {
        if (other == group) { continue; }
        let least = key + u32(${highest ? 'other < group' : 'other > group'});
        var low = 0u;
        var high = counts[other];
        while (low < high) {
          let middle = (low + high) / 2u;
          if (keys[other * ${u32(chunk)} + middle] >= least) { low = middle + 1u; } else { high = middle; }
        }
        rank += low;
      }
      merged[first * ${u32(chunk)} + rank] = ids[group * ${u32(chunk)} + place];
    }
  }`,
  });
}
