/**
 * The lesser or the greater of two narrow integers each, some of which lie four to a word, broadcast.
 *
 * Layout: a, b and y at offset + Σ c·s of the coordinates of the result.
 * Bindings: a read, b read, y read_write.
 * Workgroup: 64 × 1 × 1, one element or, where y is packed, one word per invocation.
 * Dispatch: dispatch1d(⌈count / per⌉, 64); per is 4 where y is packed, else 1.
 * Spec: kind; rank of the result after collapsing; how a, b and y are stored. Four neighbours of a packed y in order are a word.
 * Limits: no workgroup storage.
 */
import { isPacked, type Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { flatShader, fours } from '../lib/flat.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { bindingOf, load, packed, store, type Access } from '../lib/storage.ts';
import { coordinates, listFields, stridedOffset } from '../lib/strided.ts';
import { BINARY_OPERANDS, BINARY_WORKGROUP } from './binary.ts';

export interface BinaryBytesSpec {
  readonly kind: 'min' | 'max';
  readonly a: Storage;
  readonly b: Storage;
  readonly y: Storage;
}

/** The same of operands that all lie in order, four neighbours per invocation: dispatch1d(count, 64) of these. */
export function binaryWordsShader({ kind, a, b, y }: BinaryBytesSpec): ShaderModule {
  return flatShader({ together: [fours('a', a), fours('b', b)], y, body: `let r = ${kind}(a_v, b_v);` });
}

export function binaryBytesShader({ kind, a, b, y, rank }: BinaryBytesSpec & { readonly rank: number }): ShaderModule {
  const per = isPacked(y) ? 4 : 1;
  const first: Access = { name: 'a', storage: a, width: 1 };
  const second: Access = { name: 'b', storage: b, width: 1 };
  const result: Access = { name: 'y', storage: y, width: per };
  const indexIn = (name: string): string => `params.${name}_at + ${stridedOffset(rank, `${name}_s`)}`;
  return shaderModule({
    bindings: [bindingOf(first, 'read'), bindingOf(second, 'read'), bindingOf(result, 'read_write')],
    params: {
      count: 'u32',
      ...listFields('d', rank),
      ...Object.assign(
        {},
        ...[...BINARY_OPERANDS, 'y'].map((name) => ({ [`${name}_at`]: 'u32', ...listFields(`${name}_s`, rank) })),
      ),
    },
    workgroupSize: [BINARY_WORKGROUP, 1, 1],
    declarations: wgsl`
fn result_at(at: u32) -> i32 {
  ${coordinates(rank, 'at')}
  let a_index = ${indexIn('a')};
  let b_index = ${indexIn('b')};
  return ${kind}(${load(first, 'a_index')}, ${load(second, 'b_index')});
}`,
    body: wgsl`
  ${linearIndex(BINARY_WORKGROUP)}
  let first = i * ${u32(per)};
  if (first >= params.count) { return; }
  ${coordinates(rank, 'first')}
  ${range(per)
    .map((k) => `let r${k} = result_at(min(first + ${u32(k)}, params.count - 1u));`)
    .join('\n  ')}
  let to = (${indexIn('y')}) / ${u32(per)};
  ${per === 4 ? `y[to] = ${packed(['r0', 'r1', 'r2', 'r3'])};` : store(result, 'to', 'r0')}`,
  });
}
