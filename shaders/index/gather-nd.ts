/**
 * Copies the slice of x that each row of indices names.
 *
 * Layout: x [batch, e0, …, e(depth−1), inner], indices [batch, rows, depth], y [batch, rows, inner]; elements move as
 * bits. Negative indices count from the end; indices out of range clamp to the ends. Where it is counted, only so many of each
 * extent are there: indices go into these, and of none come zeros.
 * Bindings: 0 x read u32, 1 indices read i32, 2 y read_write u32; where it is counted, the counts read i32 [depth] before y.
 * Workgroup: 64 × 1 × 1, one element per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: depth, the entries of one row of indices; counted.
 * Limits: no workgroup storage.
 */
import { range } from '../../src/util/arrays.ts';
import { POSITION_FUNCTION, THERE_BINDING } from './gather.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { listFields } from '../lib/strided.ts';

/** Invocations per workgroup. */
export const GATHER_ND_WORKGROUP = 64;

export interface GatherNDSpec {
  readonly depth: number;
  readonly counted: boolean;
}

export function gatherNDShader({ depth, counted }: GatherNDSpec): ShaderModule {
  const steps = range(depth).map((q) => {
    const extent = counted ? wgsl`u32(max(there[${u32(q)}], 1i))` : wgsl`params.e${q}`;
    return wgsl`
  source = source * params.e${q} + position(indices[row * ${u32(depth)} + ${u32(q)}], ${extent});`;
  });
  const isNone = range(depth).map((q) => wgsl`there[${u32(q)}] == 0i`);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: 'u32' },
      { name: 'indices', access: 'read', element: 'i32' },
      ...(counted ? [THERE_BINDING] : []),
      { name: 'y', access: 'read_write', element: 'u32' },
    ],
    params: { count: 'u32', rows: 'u32', inner: 'u32', ...listFields('e', depth) },
    workgroupSize: [GATHER_ND_WORKGROUP, 1, 1],
    declarations: POSITION_FUNCTION,
    body: wgsl`
  ${linearIndex(GATHER_ND_WORKGROUP)}
  if (i >= params.count) { return; }
  ${counted ? wgsl`if (${isNone.join(' || ')}) { y[i] = 0u; return; }` : ''}
  let row = i / params.inner;
  var source = row / params.rows;
  ${steps.join('')}
  y[i] = x[source * params.inner + i % params.inner];`,
  });
}
