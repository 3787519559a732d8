/**
 * Picks each element of y by an index of its own along one dimension of x.
 *
 * Layout: indices and y dense, of extents d; x read at Σ c·s, where the coordinate along `axis` is the index; elements move
 * as bits. Negative indices count from the end; indices out of range clamp to the ends. Where it is counted, only so many of the
 * extent are there: indices go into these, and of none come zeros.
 * Bindings: 0 x read u32, 1 indices read i32, 2 y read_write u32; where it is counted, the count read i32 before y.
 * Workgroup: 64 × 1 × 1, one element per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: rank of the walk after collapsing; axis, the dimension of the walk that the indices go along; counted.
 * Limits: no workgroup storage.
 */
import { range } from '../../src/util/arrays.ts';
import { POSITION_FUNCTION, THERE_BINDING } from './gather.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { coordinates, listFields } from '../lib/strided.ts';

/** Invocations per workgroup. */
export const GATHER_ELEMENTS_WORKGROUP = 64;

export interface GatherElementsSpec {
  readonly rank: number;
  readonly axis: number;
  readonly counted: boolean;
}

export function gatherElementsShader({ rank, axis, counted }: GatherElementsSpec): ShaderModule {
  const terms = range(rank).map((k) => `${k === axis ? 'place' : `c${k}`} * params.s${k}`);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: 'u32' },
      { name: 'indices', access: 'read', element: 'i32' },
      ...(counted ? [THERE_BINDING] : []),
      { name: 'y', access: 'read_write', element: 'u32' },
    ],
    params: { count: 'u32', extent: 'u32', ...listFields('d', rank), ...listFields('s', rank) },
    workgroupSize: [GATHER_ELEMENTS_WORKGROUP, 1, 1],
    declarations: POSITION_FUNCTION,
    body: wgsl`
  ${linearIndex(GATHER_ELEMENTS_WORKGROUP)}
  if (i >= params.count) { return; }
#if ${counted}
  if (there[0] == 0i) { y[i] = 0u; return; }
#endif
  ${coordinates(rank)}
  let place = position(indices[i], ${counted ? 'u32(max(there[0], 1i))' : 'params.extent'});
  y[i] = x[${terms.join(' + ')}];`,
  });
}
