/**
 * Copies a box of elements from one strided tensor into another where one of them is stored four to a word, and the other is
 * not or lies otherwise: what strided-copy.ts does elsewhere.
 *
 * Layout: x read at start + Σ c·s; y written at its dense position, or at to_start + Σ c·t: element by element, or, where y is
 *   packed, a word at a time. Then four elements in the order of the box are one word of y, and past the end a word is filled
 *   with zeros.
 * Bindings: 0 x read, 1 y read_write; where x and y lie in one buffer only y.
 * Workgroup: 64 × 1 × 1, one element or word per invocation.
 * Dispatch: dispatch1d(⌈count / per⌉, 64); per is 4 where y is packed, else 1.
 * Spec: rank of the box after collapsing; denseOut when y is written in order; from, to: how x and y are stored; within:
 *   source and destination are disjoint parts of y.
 * Limits: no workgroup storage.
 */
import { isPacked, type Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { bindingOf, load, packed, store, type Access } from '../lib/storage.ts';
import { coordinates, stridedOffset } from '../lib/strided.ts';
import { COPY_WORKGROUP, copyParams } from './strided-copy.ts';

export interface PackedCopySpec {
  readonly rank: number;
  readonly denseOut: boolean;
  readonly from: Storage;
  readonly to: Storage;
  readonly within: boolean;
}

export function packedCopyShader({ rank, denseOut, from, to, within }: PackedCopySpec): ShaderModule {
  const per = isPacked(to) ? 4 : 1;
  const x: Access = { name: within ? 'y' : 'x', storage: from, width: 1 };
  const y: Access = { name: 'y', storage: to, width: per };
  const element = (k: number): string => `
  var v${k} = 0i;
  if (first + ${k}u < params.count) {
    let at = first + ${k}u;
    ${coordinates(rank, 'at')}
    let source = params.start + ${stridedOffset(rank, 's')};
    v${k} = ${load(x, 'source')};
  }`;
  const words = per === 4 ? packed(['v0', 'v1', 'v2', 'v3']) : 'v0';
  const write = (at: string): string => (per === 4 ? `y[${at}] = ${words};` : store(y, at, words));
  return shaderModule({
    bindings: [...(within ? [] : [bindingOf(x, 'read')]), bindingOf(y, 'read_write')],
    params: copyParams(rank, denseOut),
    workgroupSize: [COPY_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(COPY_WORKGROUP)}
  let first = i * ${u32(per)};
  if (first >= params.count) { return; }
  ${range(per).map(element).join('\n')}
#if ${denseOut}
  ${write('i')}
#else
  ${coordinates(rank, 'first')}
  ${write(`(params.to_start + ${stridedOffset(rank, 't')}) / ${u32(per)}`)}
#endif`,
  });
}
