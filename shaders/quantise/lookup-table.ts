/**
 * y = table[x + offset], elementwise.
 *
 * Layout: x and y as stored, in order; table [256].
 * Bindings: x read, table read, y read_write.
 * Workgroup: 64 × 1 × 1, four elements per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: how x, table and y are stored.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { flatShader, fours } from '../lib/flat.ts';
import type { ShaderModule } from '../lib/module.ts';
import { bindingOf, load, loadedType } from '../lib/storage.ts';

export interface LookupTableSpec {
  readonly x: Storage;
  readonly table: Storage;
  readonly y: Storage;
}

export function lookupTableShader({ x, table, y }: LookupTableSpec): ShaderModule {
  const entries = { name: 'table', storage: table, width: 1 } as const;
  const lanes = ['x', 'y', 'z', 'w'].map((lane) => load(entries, `u32(at.${lane})`));
  return flatShader({
    together: [fours('x', x)],
    others: [bindingOf(entries, 'read')],
    y,
    params: { offset: 'i32' },
    body: `let at = (x_v + params.offset) & vec4<i32>(255i);
  let r = ${loadedType({ storage: table, width: 4 })}(${lanes.join(', ')});`,
  });
}
