/**
 * Kernels that make four neighbours of y at a time, in the order of its elements: where these lie four to a word, a word. What
 * lies past the end of a dense value is padding of its buffer, which may be read and written.
 */
import { range } from '../../src/util/arrays.ts';
import type { Storage } from '../../src/core/storage.ts';
import { linearIndex } from './index.ts';
import { bindingOf, load, store, type Access } from './storage.ts';
import { u32 } from './literal.ts';
import { shaderModule, wgsl, type Binding, type ParamFields, type ShaderModule } from './module.ts';

/** Invocations per workgroup. */
export const FLAT_WORKGROUP = 64;

/** A buffer that is walked four elements at a time. */
export const fours = (name: string, storage: Storage): Access => ({ name, storage, width: 4 });

/** One of these kernels: its operands in the order of their bindings, and an expression of the four results. */
export interface FlatSpec {
  /** Read at the position of the results: declared as `NAME_v`, a vec4. */
  readonly together: readonly Access[];
  /** Bound after these, and read by `body`. */
  readonly others?: readonly Binding[];
  readonly y: Storage;
  readonly params?: ParamFields;
  readonly declarations?: string;
  /** Statements that declare `r`, four results, where `i` is the index of the vector. */
  readonly body: string;
}

/** y at vector i, made of what lies at i in other values. Parameters: `count` vectors, and those given. */
export function flatShader({ together, others = [], y, params, declarations = '', body }: FlatSpec): ShaderModule {
  const result = fours('y', y);
  return shaderModule({
    bindings: [...together.map((access) => bindingOf(access, 'read')), ...others, bindingOf(result, 'read_write')],
    params: { count: 'u32', ...params },
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    declarations,
    body: wgsl`
  ${linearIndex(FLAT_WORKGROUP)}
  if (i >= params.count) { return; }
  ${together.map((access) => `let ${access.name}_v = ${load(access, 'i')};`).join('\n  ')}
  ${body}
  ${store(result, 'i', 'r')}`,
  });
}

/** Declares `r`: four elements from `i * 4` on, each as the function `name` gives it, a `word`; past the last one the last again. */
export function eachOfFour(name: string, word: 'i32' | 'u32' = 'i32'): string {
  return `let r = vec4<${word}>(${range(4)
    .map((k) => `${name}(min(i * 4u + ${u32(k)}, params.last))`)
    .join(', ')});`;
}
