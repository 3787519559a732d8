/**
 * Index of the largest or smallest element along one axis: the first or the last on ties; of NaN see src/ops/reduce/arg-reduce.ts.
 *
 * Layout: x [outer, n, inner], y [outer, inner].
 * Bindings: 0 x read (scalar of the type), 1 y read_write i32.
 * Workgroup: 64 × 1 × 1, one result per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: kind; last; type.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { isNanFunction, type Scalar } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const ARG_REDUCE_WORKGROUP = 64;

export interface ArgReduceSpec {
  readonly kind: 'max' | 'min';
  /** The last of equal ones, not the first. */
  readonly last: boolean;
  readonly type: Scalar;
}

export function argReduceShader({ kind, last, type }: ArgReduceSpec): ShaderModule {
  const beats = `v ${kind === 'max' ? '>' : '<'}${last ? '=' : ''} best`;
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: type },
      { name: 'y', access: 'read_write', element: 'i32' },
    ],
    params: { count: 'u32', n: 'u32', inner: 'u32' },
    workgroupSize: [ARG_REDUCE_WORKGROUP, 1, 1],
    declarations: wgsl`
#if ${type === 'f32'}
${isNanFunction(1)}
fn beats(v: f32, best: f32) -> bool {
  return !is_nan(v) && !is_nan(best) && ${beats};
}
#else
fn beats(v: ${type}, best: ${type}) -> bool { return ${beats}; }
#endif`,
    body: wgsl`
  ${linearIndex(ARG_REDUCE_WORKGROUP)}
  if (i >= params.count) { return; }
  let base = (i / params.inner) * params.n * params.inner + i % params.inner;
  var best = x[base];
  var found = 0u;
  for (var k = 1u; k < params.n; k++) {
    let v = x[base + k * params.inner];
    if (beats(v, best)) {
      best = v;
      found = k;
    }
  }
  y[i] = i32(found);`,
  });
}
