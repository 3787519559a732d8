/**
 * Copies a box of elements from one strided tensor into another: Transpose, Slice, Expand, Tile, Concat and Split.
 *
 * Layout: x is read at start + Σ c·s, y written at its dense position, or at to_start + Σ c·t. Elements move as bits.
 * Bindings: 0 x read u32, 1 y read_write u32 (vec4<u32> both when width is 4; extents and strides count vectors then).
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: rank of the box after collapsing; width 1 or 4; denseOut when y is written in order.
 * Limits: no workgroup storage.
 */
import { linearIndex } from './lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from './lib/module.ts';
import { vectorType } from './lib/numbers.ts';
import { coordinates, listFields, stridedOffset } from './lib/strided.ts';

/** Invocations per workgroup. */
export const COPY_WORKGROUP = 64;

export interface StridedCopySpec {
  readonly rank: number;
  readonly width: 1 | 4;
  readonly denseOut: boolean;
}

export function stridedCopyShader({ rank, width, denseOut }: StridedCopySpec): ShaderModule {
  const element = vectorType('u32', width);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element },
      { name: 'y', access: 'read_write', element },
    ],
    params: {
      count: 'u32',
      start: 'u32',
      ...listFields('d', rank),
      ...listFields('s', rank),
      ...(denseOut ? {} : { to_start: 'u32', ...listFields('t', rank) }),
    },
    workgroupSize: [COPY_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(COPY_WORKGROUP)}
  if (i >= params.count) { return; }
  ${coordinates(rank)}
  let source = params.start + ${stridedOffset(rank, 's')};
#if ${denseOut}
  y[i] = x[source];
#else
  y[params.to_start + ${stridedOffset(rank, 't')}] = x[source];
#endif`,
  });
}
