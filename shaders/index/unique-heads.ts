/**
 * Marks where rows begin that differ from those before, in sorted order, and, where it is asked, their positions.
 *
 * Layout: x [outer, extent, inner]; order [extent], all positions in ascending order of their rows; heads [extent], 1 or 0 by
 * place in that order; firsts [extent], the same by position.
 * Bindings: 0 x read type, 1 order read u32, 2 heads read_write u32; unless it is sorted 3 firsts read_write u32.
 * Workgroup: 64 × 1 × 1, one place per invocation.
 * Dispatch: dispatch1d(extent, 64).
 * Spec: type of the elements; sorted.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import type { Scalar } from '../lib/numbers.ts';
import { UNIQUE_WORKGROUP, uniqueShader } from '../lib/unique.ts';

export interface UniqueHeadsSpec {
  readonly type: Scalar;
  readonly sorted: boolean;
}

export function uniqueHeadsShader({ type, sorted }: UniqueHeadsSpec): ShaderModule {
  const marks = (sorted ? ['heads'] : ['heads', 'firsts']).map(
    (name) => ({ name, access: 'read_write', element: 'u32' }) as const,
  );
  return uniqueShader(
    type,
    [{ name: 'order', access: 'read', element: 'u32' }, ...marks],
    wgsl`
  ${linearIndex(UNIQUE_WORKGROUP)}
  if (i >= params.extent) { return; }
  let own = order[i];
  var head = 1u;
  if (i > 0u) { head = select(0u, 1u, compared(order[i - 1u], own) != 0i); }
  heads[i] = head;
#if ${!sorted}
  firsts[own] = head;
#endif`,
  );
}
