/**
 * Sorts the positions of each run of UNIQUE_RUN: the first step towards all of them in order.
 *
 * Layout: x [outer, extent, inner]; order [extent], positions in ascending order of their rows, run by run, equal ones by position.
 * Bindings: 0 x read type, 1 order read_write u32.
 * Workgroup: 64 × 1 × 1, one position per invocation.
 * Dispatch: dispatch1d(extent, 64).
 * Spec: type of the elements.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import type { Scalar } from '../lib/numbers.ts';
import { UNIQUE_RUN, UNIQUE_WORKGROUP, uniqueShader } from '../lib/unique.ts';

export interface UniqueRunSpec {
  readonly type: Scalar;
}

export function uniqueRunShader({ type }: UniqueRunSpec): ShaderModule {
  const order = { name: 'order', access: 'read_write', element: 'u32' } as const;
  return uniqueShader(
    type,
    [order],
    wgsl`
  ${linearIndex(UNIQUE_WORKGROUP)}
  if (i >= params.extent) { return; }
  let first = i - i % ${u32(UNIQUE_RUN)};
  let end = min(params.extent, first + ${u32(UNIQUE_RUN)});
  var rank = 0u;
  for (var k = first; k < end; k++) {
    let c = compared(k, i);
    if (c < 0i || (c == 0i && k < i)) { rank++; }
  }
  order[first + rank] = i;`,
  );
}
