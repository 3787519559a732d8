/**
 * TopK by sorting whole rows in global memory: one dispatch per step of a bitonic network (Batcher 1968). For any k.
 *
 * Layout: x [outer, n, inner], a row is one (outer, inner) pair; order [rows, width] holds positions along n, width
 * the power of two ≥ n, 0xffffffff past n; values and indices [outer, k, inner].
 * Bindings: fill: 0 order read_write u32. exchange: 0 x read, 1 order read_write u32.
 * emit: 0 x read, 1 order read u32, 2 values read_write, 3 indices read_write i32.
 * Workgroup: 64 × 1 × 1. fill: one place of `order` per invocation; exchange: one pair; emit: one result.
 * Dispatch: dispatch1d(count, 64).
 * Spec: type of x; largest; phase.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type Binding, type ParamFields, type ShaderModule } from '../lib/module.ts';
import type { Scalar } from '../lib/numbers.ts';
import { sortKeyFunctions } from '../lib/sort-key.ts';

/** Invocations per workgroup. */
export const TOP_K_SORT_WORKGROUP = 64;

export interface TopKSortSpec {
  readonly type: Scalar;
  readonly largest: boolean;
  readonly phase: 'fill' | 'exchange' | 'emit';
}

const PARAMS: { readonly [P in TopKSortSpec['phase']]: ParamFields } = {
  fill: { count: 'u32', n: 'u32', width: 'u32' },
  exchange: { count: 'u32', n: 'u32', width: 'u32', inner: 'u32', run: 'u32', step: 'u32' },
  emit: { count: 'u32', n: 'u32', width: 'u32', inner: 'u32', k: 'u32' },
};

const BODIES: { readonly [P in TopKSortSpec['phase']]: string } = {
  fill: `
  let place = i % params.width;
  order[i] = select(0xffffffffu, place, place < params.n);`,
  exchange: `
  let pairs = params.width / 2u;
  let row = i / pairs;
  let pair = i % pairs;
  let a = (pair / params.step) * params.step * 2u + pair % params.step;
  let first = row * params.width + a;
  let second = first + params.step;
  let base = (row / params.inner) * params.n * params.inner + row % params.inner;
  let ia = order[first];
  let ib = order[second];
  if (precedes(key_at(base, ib), ib, key_at(base, ia), ia) == ((a & params.run) == 0u)) {
    order[first] = ib;
    order[second] = ia;
  }`,
  emit: `
  let column = i % params.inner;
  let outer = i / params.inner / params.k;
  let row = outer * params.inner + column;
  let id = order[row * params.width + (i / params.inner) % params.k];
  values[i] = x[(outer * params.n + id) * params.inner + column];
  indices[i] = i32(id);`,
};

export function topKSortShader({ type, largest, phase }: TopKSortSpec): ShaderModule {
  const x: Binding = { name: 'x', access: 'read', element: type };
  const bindings: { readonly [P in TopKSortSpec['phase']]: readonly Binding[] } = {
    fill: [{ name: 'order', access: 'read_write', element: 'u32' }],
    exchange: [x, { name: 'order', access: 'read_write', element: 'u32' }],
    emit: [
      x,
      { name: 'order', access: 'read', element: 'u32' },
      { name: 'values', access: 'read_write', element: type },
      { name: 'indices', access: 'read_write', element: 'i32' },
    ],
  };
  return shaderModule({
    bindings: bindings[phase],
    params: PARAMS[phase],
    workgroupSize: [TOP_K_SORT_WORKGROUP, 1, 1],
    declarations: wgsl`
#if ${phase === 'exchange'}
${sortKeyFunctions(type, largest)}
fn key_at(base: u32, id: u32) -> u32 {
  if (id == 0xffffffffu) { return 0u; }
  return sort_key(x[base + id * params.inner]);
}
#endif`,
    body: wgsl`
  ${linearIndex(TOP_K_SORT_WORKGROUP)}
  if (i >= params.count) { return; }
  ${BODIES[phase]}`,
  });
}
