/** Kernels that move 8-bit integers as they are stored: four neighbours of y at a time or, where channels fill words, a word. */
import type { Storage } from '../../src/core/storage.ts';
import { eachOfFour, flatShader, FLAT_WORKGROUP } from './flat.ts';
import { linearIndex } from './index.ts';
import { shaderModule, wgsl, type Binding, type ParamFields, type ShaderModule } from './module.ts';
import { bindingOf, load } from './storage.ts';

/** What is moved, and how it is stored: as y. */
export interface MovedSpec {
  readonly x: Storage;
  /** x is packed, and indices count words. */
  readonly words: boolean;
  /** Bound after x. */
  readonly others?: readonly Binding[];
  /** Beside `count`, and `last` where elements are moved. */
  readonly params: ParamFields;
  /** The name of the function that gives what is at an index `at: u32` of y. */
  readonly name: string;
  /** Declares it, of this type; `element` is what lies in x at the index `source`. */
  readonly declare: (type: 'u32' | 'i32', element: string) => string;
}

/** Dispatch: dispatch1d(count, 64), of fours or words. */
export function movedShader({ x, words, others = [], params, name, declare }: MovedSpec): ShaderModule {
  if (words) {
    return shaderModule({
      bindings: [
        { name: 'x', access: 'read', element: 'u32' },
        ...others,
        { name: 'y', access: 'read_write', element: 'u32' },
      ],
      params: { count: 'u32', ...params },
      workgroupSize: [FLAT_WORKGROUP, 1, 1],
      declarations: declare('u32', 'x[source]'),
      body: wgsl`
  ${linearIndex(FLAT_WORKGROUP)}
  if (i >= params.count) { return; }
  y[i] = ${name}(i);`,
    });
  }
  const elements = { name: 'x', storage: x, width: 1 } as const;
  return flatShader({
    together: [],
    others: [bindingOf(elements, 'read'), ...others],
    y: x,
    params: { last: 'u32', ...params },
    declarations: declare('i32', load(elements, 'source')),
    body: eachOfFour(name),
  });
}
