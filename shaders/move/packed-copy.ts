/**
 * Copies a box of elements from one strided tensor into another that is stored four to a word: what strided-copy.ts does
 * elsewhere.
 *
 * Layout: x read at start + Σ c·s; y written a word at a time, at its dense position, or at the word of to_start + Σ c·t.
 *   In the order of the box four elements are one word of y; past the end a word is filled with zeros.
 * Bindings: 0 x read, 1 y read_write; where x and y lie in one buffer only y.
 * Workgroup: 64 × 1 × 1, one word per invocation.
 * Dispatch: dispatch1d(⌈count / 4⌉, 64).
 * Spec: rank of the box after collapsing; denseOut when y is written in order; from, to: how x and y are stored, the latter
 *   packed; within: source and destination are disjoint parts of y.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { bindingOf, load, packed, type Access } from '../lib/storage.ts';
import { coordinates, listFields, stridedOffset } from '../lib/strided.ts';
import { COPY_WORKGROUP } from './strided-copy.ts';

export interface PackedCopySpec {
  readonly rank: number;
  readonly denseOut: boolean;
  readonly from: Storage;
  readonly to: Storage;
  readonly within: boolean;
}

export function packedCopyShader({ rank, denseOut, from, to, within }: PackedCopySpec): ShaderModule {
  const x: Access = { name: within ? 'y' : 'x', storage: from, width: 1 };
  const element = (k: number): string => `
  var v${k} = 0i;
  if (first + ${k}u < params.count) {
    let at = first + ${k}u;
  ${coordinates(rank, 'at')}
    let source = params.start + ${stridedOffset(rank, 's')};
    v${k} = ${load(x, 'source')};
  }`;
  return shaderModule({
    bindings: [
      ...(within ? [] : [bindingOf(x, 'read')]),
      bindingOf({ name: 'y', storage: to, width: 4 }, 'read_write'),
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
  let first = i * 4u;
  if (first >= params.count) { return; }
  ${range(4).map(element).join('\n')}
#if ${denseOut}
  y[i] = ${packed(['v0', 'v1', 'v2', 'v3'])};
#else
  ${coordinates(rank, 'first')}
  y[(params.to_start + ${stridedOffset(rank, 't')}) / 4u] = ${packed(['v0', 'v1', 'v2', 'v3'])};
#endif`,
  });
}
