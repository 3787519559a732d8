/**
 * Copies a box of elements from one strided tensor into another: Transpose, Slice, Expand, Tile, Concat, Split and
 * ChannelShuffle.
 *
 * Layout: x read at start + Σ c·s, y written at its dense position, or at to_start + Σ c·t. Elements move as bits, unless
 *   one side is stored as halves and the other is not.
 * Bindings: 0 x read, 1 y read_write (scalars or vec4 by width; extents and strides count vectors then); where x and y
 *   lie in one buffer only y.
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: rank of the box after collapsing; width 1 or 4; denseOut when y is written in order; from, to: element types;
 *   within: source and destination are disjoint parts of y.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ParamFields, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { coordinates, listFields, stridedOffset } from '../lib/strided.ts';

/** Invocations per workgroup. */
export const COPY_WORKGROUP = 64;

/** What is moved: 32 bits of any kind (four packed elements, too), or floats where a copy converts. See packed-copy.ts. */
export type CopyElement = 'u32' | 'f16' | 'f32';

export interface StridedCopySpec {
  readonly rank: number;
  readonly width: 1 | 4;
  readonly denseOut: boolean;
  readonly from: CopyElement;
  readonly to: CopyElement;
  readonly within: boolean;
}

/** The box, and where it lies in x, and in y unless it is written in order there. */
export function copyParams(rank: number, denseOut: boolean): ParamFields {
  return {
    count: 'u32',
    start: 'u32',
    ...listFields('d', rank),
    ...listFields('s', rank),
    ...(denseOut ? {} : { to_start: 'u32', ...listFields('t', rank) }),
  };
}

export function stridedCopyShader({ rank, width, denseOut, from, to, within }: StridedCopySpec): ShaderModule {
  const element = vectorType(to, width);
  const source = `${within ? 'y' : 'x'}[params.start + ${stridedOffset(rank, 's')}]`;
  return shaderModule({
    bindings: [
      ...(within ? [] : [{ name: 'x', access: 'read', element: vectorType(from, width) } as const]),
      { name: 'y', access: 'read_write', element },
    ],
    params: copyParams(rank, denseOut),
    workgroupSize: [COPY_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(COPY_WORKGROUP)}
  if (i >= params.count) { return; }
  ${coordinates(rank)}
  let v = ${from === to ? source : `${element}(${source})`};
#if ${denseOut}
  y[i] = v;
#else
  y[params.to_start + ${stridedOffset(rank, 't')}] = v;
#endif`,
  });
}
