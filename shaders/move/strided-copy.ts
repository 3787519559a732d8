/**
 * Copies a box of elements from one strided tensor into another: Transpose, Slice, Expand, Tile, Concat, Split and
 * ChannelShuffle.
 *
 * Layout: x read at start + Σ c·s, y written at its dense position, or at to_start + Σ c·t. Elements move as bits, unless
 *   one side is stored as halves and the other is not, or x is packed four to a word and y is not.
 * Bindings: 0 x read, 1 y read_write (scalars or vec4 by width; extents and strides count vectors then); where x and y
 *   lie in one buffer only y.
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: rank of the box after collapsing; width 1 or 4; denseOut when y is written in order; from, to: element types;
 *   within: source and destination are disjoint parts of y.
 * Limits: no workgroup storage.
 */
import { isPacked, type Storage } from '../../src/core/storage.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { bindingOf, elementOf, load, type Access } from '../lib/storage.ts';
import { coordinates, listFields, stridedOffset } from '../lib/strided.ts';

/** Invocations per workgroup. */
export const COPY_WORKGROUP = 64;

/** `from` and `to` are how x and y are stored; `u32` stands for 32 bits of any kind. y is not packed: see packed-copy.ts. */
export interface StridedCopySpec {
  readonly rank: number;
  readonly width: 1 | 4;
  readonly denseOut: boolean;
  readonly from: Storage;
  readonly to: Storage;
  readonly within: boolean;
}

export function stridedCopyShader({ rank, width, denseOut, from, to, within }: StridedCopySpec): ShaderModule {
  const [x, y]: readonly [Access, Access] = [
    { name: within ? 'y' : 'x', storage: from, width },
    { name: 'y', storage: to, width },
  ];
  const source = `params.start + ${stridedOffset(rank, 's')}`;
  return shaderModule({
    bindings: [...(within ? [] : [bindingOf(x, 'read')]), bindingOf(y, 'read_write')],
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
  let v = ${from === to ? `${x.name}[${source}]` : `${elementOf(y)}(${isPacked(from) ? load(x, source) : `${x.name}[${source}]`})`};
#if ${denseOut}
  y[i] = v;
#else
  y[params.to_start + ${stridedOffset(rank, 't')}] = v;
#endif`,
  });
}
