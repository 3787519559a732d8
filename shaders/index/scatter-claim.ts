/**
 * Finds which of several updates to one place is the last, when they are written all at once: two steps, before one that writes.
 *
 * Layout: claims[target], one more than the number of the last update (or row of updates) that goes there, 0 where none does.
 *   The largest number wins in whatever order they come, so that the result is always that of writing one after the other. What
 *   goes outside claims nothing. Where it is counted, only so many times `each` rows, or so many of the axis, are there.
 * Bindings: clear: 0 claims read_write u32. claim: 0 indices read i32, 1 claims read_write atomic i32; where it is counted, the
 *   count read i32 before it.
 * Workgroup: 64 × 1 × 1, one target (clear), one update or row (claim) per invocation.
 * Dispatch: dispatch1d(targets, 64), dispatch1d(count, 64).
 * Spec: target, what has a target; counted.
 * Limits: no workgroup storage.
 */
import { THERE_BINDING } from './gather.ts';
import { SCATTER_WORKGROUP } from './scatter-elements.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { PLACE_FUNCTION, targetStatements, type ScatterTarget } from '../lib/scatter.ts';
import { listFields } from '../lib/strided.ts';

export interface ScatterClaimSpec {
  readonly target: ScatterTarget;
  readonly counted: boolean;
}

export function scatterClearShader(): ShaderModule {
  return shaderModule({
    bindings: [{ name: 'claims', access: 'read_write', element: 'u32' }],
    params: { count: 'u32' },
    workgroupSize: [SCATTER_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(SCATTER_WORKGROUP)}
  if (i < params.count) { claims[i] = 0u; }`,
  });
}

export function scatterClaimShader({ target, counted }: ScatterClaimSpec): ShaderModule {
  const own =
    target.kind === 'elements'
      ? { extent: 'u32' as const, ...listFields('d', target.rank), ...listFields('t', target.rank) }
      : { each: 'u32' as const, ...listFields('e', target.depth) };
  const isThere = target.kind === 'elements' ? `i32(c${target.axis}) < there[0]` : 'i32(i / params.each) < there[0]';
  return shaderModule({
    bindings: [
      { name: 'indices', access: 'read', element: 'i32' },
      ...(counted ? [THERE_BINDING] : []),
      { name: 'claims', access: 'read_write', element: 'atomic<i32>' },
    ],
    params: { count: 'u32', ...own },
    workgroupSize: [SCATTER_WORKGROUP, 1, 1],
    declarations: PLACE_FUNCTION,
    body: wgsl`
  ${linearIndex(SCATTER_WORKGROUP)}
  if (i >= params.count) { return; }
  ${targetStatements(target)}
  if (within${counted ? ` && ${isThere}` : ''}) { atomicMax(&claims[target_place], i32(i + 1u)); }`,
  });
}
