/**
 * What a row of integers has in common, which its results are then made of: for softmax the largest element, and the
 * reciprocal or the logarithm of the sum of exponentials, or the sum itself; for a norm its reciprocal.
 *
 * Layout: x [outer, n, inner]; row r = outer · inner + position; rows [4 · rows]: the largest element and up to two numbers.
 * Bindings: x read, terms? read i32 [256], rows read_write i32.
 * Workgroup: 64 × 1 × 1, one row per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: kind; how x is stored.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import {
  HIGH_PRODUCT,
  INVERSE_SQRT,
  LOG_OF_SUM,
  ONE_OVER_ONE_PLUS,
  ROUNDING_SHIFT,
  SATURATING_SHIFT,
} from '../lib/fixed-point.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { bindingOf, load } from '../lib/storage.ts';

/** Invocations per workgroup. */
export const ROWS_WORKGROUP = 64;

export interface RowsSpec {
  readonly kind: 'softmax' | 'logSoftmax' | 'quotients' | 'norm';
  readonly x: Storage;
}

/** Statements that leave a row's numbers in `first` and `second`, of the fold `sum`. */
const FINISH: { readonly [K in RowsSpec['kind']]: string } = {
  // The exponent that results are shifted by: 1/256 of what the sum leaves over one.
  softmax: `
  let headroom = countLeadingZeros(sum);
  first = one_over_one_plus(bitcast<i32>((sum << headroom) - 0x80000000u));
  second = 12i - i32(headroom) + 23i;`,
  logSoftmax: `
  first = log_of_sum(i32(min(sum, 0x7fffffffu)));`,
  quotients: `
  first = bitcast<i32>(sum);`,
  norm: `
  let root = inverse_sqrt(i32(min(sum, 0x7fffffffu)));
  first = root.x;
  second = root.y;`,
};

export function rowsShader({ kind, x }: RowsSpec): ShaderModule {
  const elements = { name: 'x', storage: x, width: 1 } as const;
  const softmax = kind !== 'norm';
  const helpers = {
    softmax: [HIGH_PRODUCT, SATURATING_SHIFT, ONE_OVER_ONE_PLUS],
    logSoftmax: [HIGH_PRODUCT, ROUNDING_SHIFT, SATURATING_SHIFT, ONE_OVER_ONE_PLUS, LOG_OF_SUM],
    quotients: [],
    norm: [HIGH_PRODUCT, ROUNDING_SHIFT, SATURATING_SHIFT, INVERSE_SQRT],
  }[kind];
  return shaderModule({
    bindings: [
      bindingOf(elements, 'read'),
      ...(softmax ? [{ name: 'terms', access: 'read', element: 'i32' } as const] : []),
      { name: 'rows', access: 'read_write', element: 'i32' },
    ],
    params: { count: 'u32', n: 'u32', inner: 'u32', zero_point: 'i32' },
    workgroupSize: [ROWS_WORKGROUP, 1, 1],
    declarations: helpers.join('\n'),
    body: wgsl`
  ${linearIndex(ROWS_WORKGROUP)}
  if (i >= params.count) { return; }
  let base = (i / params.inner) * params.n * params.inner + i % params.inner;
  var largest = -256i;
  var sum = 0u;
#if ${softmax}
  for (var k = 0u; k < params.n; k++) {
    let source = base + k * params.inner;
    largest = max(largest, ${load(elements, 'source')});
  }
#endif
  for (var k = 0u; k < params.n; k++) {
    let source = base + k * params.inner;
    let v = ${load(elements, 'source')};
#if ${softmax}
    let next = sum + u32(terms[(largest - v) & 255i]);
#else
    let next = sum + u32((v - params.zero_point) * (v - params.zero_point));
#endif
    // A row too long for 32 bits has their largest number as its sum.
    sum = select(next, 0xffffffffu, next < sum);
  }
  var first = 0i;
  var second = 0i;
  ${FINISH[kind]}
  rows[i * 4u] = largest;
  rows[i * 4u + 1u] = first;
  rows[i * 4u + 2u] = second;`,
  });
}
