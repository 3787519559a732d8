/**
 * Sums of products of 8-bit integers without their zero points, all of which may be computed.
 *
 * Layout: y in order over the extents d; the operands of the sum at coordinates c begin at Σ c·a_s and Σ c·b_s, with the zero
 *   points at Σ c·za_s and Σ c·zb_s.
 * Bindings: a read, b read, a_zero? read i32, b_zero? read i32, y read_write.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: rank of d; how a and b are stored; which zero points there are.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { eachOfFour, flatShader } from '../lib/flat.ts';
import { wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import { bindingOf, load } from '../lib/storage.ts';
import { coordinates, listFields, stridedOffset } from '../lib/strided.ts';

export interface MatMulIntegerSpec {
  readonly rank: number;
  readonly a: Storage;
  readonly b: Storage;
  readonly zeroPoints: { readonly a: boolean; readonly b: boolean };
}

/** The bindings of zero points that are read from buffers. */
export function zeroBindings(zeroPoints: Readonly<Record<string, boolean>>): Binding[] {
  const given = Object.keys(zeroPoints).filter((name) => zeroPoints[name]);
  return given.map((name) => ({ name: `${name}_zero`, access: 'read', element: 'i32' }));
}

export function matMulIntegerShader({ rank, a, b, zeroPoints }: MatMulIntegerSpec): ShaderModule {
  const [left, right] = [
    { name: 'a', storage: a, width: 1 },
    { name: 'b', storage: b, width: 1 },
  ] as const;
  return flatShader({
    together: [],
    others: [bindingOf(left, 'read'), bindingOf(right, 'read'), ...zeroBindings(zeroPoints)],
    y: 'i32',
    params: {
      last: 'u32',
      depth: 'u32',
      a_step: 'u32',
      b_step: 'u32',
      ...Object.fromEntries(
        ['d', 'a_s', 'b_s', 'za_s', 'zb_s'].flatMap((name) => Object.entries(listFields(name, rank))),
      ),
    },
    declarations: wgsl`
fn sum_at(i: u32) -> i32 {
  ${coordinates(rank)}
  let a_base = ${stridedOffset(rank, 'a_s')};
  let b_base = ${stridedOffset(rank, 'b_s')};
  let za = ${zeroPoints.a ? `a_zero[${stridedOffset(rank, 'za_s')}]` : '0i'};
  let zb = ${zeroPoints.b ? `b_zero[${stridedOffset(rank, 'zb_s')}]` : '0i'};
  var sum = 0i;
  for (var k = 0u; k < params.depth; k++) {
    let a_at = a_base + k * params.a_step;
    let b_at = b_base + k * params.b_step;
    sum += (${load(left, 'a_at')} - za) * (${load(right, 'b_at')} - zb);
  }
  return sum;
}`,
    body: eachOfFour('sum_at'),
  });
}
