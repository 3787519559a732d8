/**
 * Picks slices of x by index along one axis.
 *
 * Layout: x [outer, extent, inner], indices [picks], y [outer, picks, inner]; elements move as bits, in vectors of
 * four of `inner` when width is 4. Negative indices count from the end; indices out of range clamp to the ends. Where it is
 * counted, only that many of the extent are there: indices go into these, and of none come zeros.
 * Bindings: 0 x read u32, 1 indices read i32, 2 y read_write u32 (vec4<u32> for x and y when width is 4); where it is counted,
 * the count read i32 before y.
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: width 1 or 4; counted.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const GATHER_WORKGROUP = 64;

/** Declares `fn position(index, extent) -> u32`: the element an index names, clamped to the tensor. */
export const POSITION_FUNCTION = wgsl`
fn position(index: i32, extent: u32) -> u32 {
  let positive = select(index, index + i32(extent), index < 0i);
  return u32(clamp(positive, 0i, i32(extent) - 1i));
}`;

/** Where it is counted: how many of the extent are there. */
export const THERE_BINDING: Binding = { name: 'there', access: 'read', element: 'i32' };

/** What indices go into. */
export function extentThere(counted: boolean): string {
  return counted ? wgsl`u32(max(there[0], 1i))` : wgsl`params.extent`;
}

export interface GatherSpec {
  readonly width: 1 | 4;
  readonly counted: boolean;
}

export function gatherShader({ width, counted }: GatherSpec): ShaderModule {
  const element = vectorType('u32', width);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element },
      { name: 'indices', access: 'read', element: 'i32' },
      ...(counted ? [THERE_BINDING] : []),
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
  let picked = position(indices[row % params.picks], ${extentThere(counted)});
  ${counted ? wgsl`if (there[0] == 0i) { y[i] = ${element}(); return; }` : ''}
  y[i] = x[(outer * params.extent + picked) * params.inner + i % params.inner];`,
  });
}
