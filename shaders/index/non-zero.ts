/**
 * Coordinates of positions: a column for each.
 *
 * Layout: positions [bound], of which the first total[0] hold; y [rank, bound], zero beyond those.
 * Bindings: 0 positions read u32, 1 total read i32, 2 y read_write i32.
 * Workgroup: 64 × 1 × 1, one column per invocation.
 * Dispatch: dispatch1d(bound, 64).
 * Spec: rank, at least 1.
 * Limits: no workgroup storage.
 */
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { SELECT_WORKGROUP } from '../lib/select.ts';
import { coordinates, listFields } from '../lib/strided.ts';

export interface NonZeroSpec {
  readonly rank: number;
}

export function nonZeroShader({ rank }: NonZeroSpec): ShaderModule {
  const rows = range(rank).map((axis) => `  y[${u32(axis)} * params.bound + i] = select(0i, i32(c${axis}), holds);`);
  return shaderModule({
    bindings: [
      { name: 'positions', access: 'read', element: 'u32' },
      { name: 'total', access: 'read', element: 'i32' },
      { name: 'y', access: 'read_write', element: 'i32' },
    ],
    params: { bound: 'u32', ...listFields('d', rank) },
    workgroupSize: [SELECT_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(SELECT_WORKGROUP)}
  if (i >= params.bound) { return; }
  let holds = i < u32(total[0]);
  let at = positions[i];
  ${coordinates(rank, 'at')}
${rows.join('\n')}`,
  });
}
