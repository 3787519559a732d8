/**
 * Sorts chunks of listed candidates, best first: each goes where its rank says. Those of a list are in the order of their indices, so
 * ties are decided by where they lie.
 *
 * Layout: keys and ids [segments, chunks, chunk], of which counts [segments, chunks] hold; keys are 0 up to the next multiple of four.
 *   sorted_keys and sorted_ids the same.
 * Bindings: 0 keys read vec4<u32>, 1 ids read u32, 2 counts read u32, 3 sorted_keys read_write u32, 4 sorted_ids read_write u32.
 * Workgroup: 64 × 1 × 1.
 * Dispatch: dispatch1d(spread, 1): the chunks, `groups` in all, are shared by so many workgroups.
 * Spec: chunk, a power of two, at least 64; highest, where the higher index is first of equal scores.
 * Limits: no workgroup storage.
 */
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { rankFunction } from '../lib/rank.ts';

const WORKGROUP = 64;

export interface RankSpec {
  readonly chunk: number;
  readonly highest: boolean;
}

export function rankShader({ chunk, highest }: RankSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'keys', access: 'read', element: 'vec4<u32>' },
      { name: 'ids', access: 'read', element: 'u32' },
      { name: 'counts', access: 'read', element: 'u32' },
      { name: 'sorted_keys', access: 'read_write', element: 'u32' },
      { name: 'sorted_ids', access: 'read_write', element: 'u32' },
    ],
    params: { groups: 'u32', spread: 'u32' },
    workgroupSize: [WORKGROUP, 1, 1],
    declarations: rankFunction({ list: 'first: u32, quads: u32', quads: 'quads', four: 'keys[first + t]', highest }),
    body: wgsl`
  for (var group = wid.y * groups.x + wid.x; group < params.groups; group += params.spread) {
    let count = counts[group];
    let first = group * ${u32(chunk)};
    for (var quad = local_index; quad * 4u < count; quad += ${u32(WORKGROUP)}) {
      let own = keys[first / 4u + quad];
      let ranks = ranks_of(own, quad, first / 4u, (count + 3u) / 4u);
      for (var i = 0u; i < min(4u, count - quad * 4u); i++) {
        sorted_keys[first + ranks[i]] = own[i];
        sorted_ids[first + ranks[i]] = ids[first + quad * 4u + i];
      }
    }
  }`,
  });
}
