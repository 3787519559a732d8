/**
 * Picks slices of x by index along one axis.
 *
 * Layout: x [outer, extent, inner], indices [picks], y [outer, picks, inner]; elements move as bits, in vectors of
 * four of `inner` when width is 4. Negative indices count from the end; indices out of range clamp to the ends.
 * Bindings: 0 x read u32, 1 indices read i32, 2 y read_write u32 (vec4<u32> for x and y when width is 4).
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: width 1 or 4.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const GATHER_WORKGROUP = 64;

/** Declares `fn position(index, extent) -> u32`: the element an index names, clamped to the tensor. */
export const POSITION_FUNCTION = wgsl`
fn position(index: i32, extent: u32) -> u32 {
  let positive = select(index, index + i32(extent), index < 0i);
  return u32(clamp(positive, 0i, i32(extent) - 1i));
}`;

export interface GatherSpec {
  readonly width: 1 | 4;
}

export function gatherShader({ width }: GatherSpec): ShaderModule {
  const element = vectorType('u32', width);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element },
      { name: 'indices', access: 'read', element: 'i32' },
      { name: 'y', access: 'read_write', element },
    ],
    params: { count: 'u32', extent: 'u32', inner: 'u32', picks: 'u32' },
    workgroupSize: [GATHER_WORKGROUP, 1, 1],
    declarations: POSITION_FUNCTION,
    body: wgsl`
  ${linearIndex(GATHER_WORKGROUP)}
  if (i >= params.count) { return; }
  let row = i / params.inner;
  let outer = row / params.picks;
  let picked = position(indices[row % params.picks], params.extent);
  y[i] = x[(outer * params.extent + picked) * params.inner + i % params.inner];`,
  });
}
