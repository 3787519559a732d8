/**
 * Products of integers of 32 bits, which wrap: alpha·a·b + beta·c. Signed or not, the bits are the same, and read as u32.
 *
 * Layout: y in order over the extents d; the row of a and the column of b at coordinates c begin at Σ c·a_s and Σ c·b_s, c lies at
 *   Σ c·c_s.
 * Bindings: a read, b read, c? read, y read_write, all u32.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: rank of d; whether there is c.
 * Limits: no workgroup storage.
 */
import { eachOfFour, flatShader } from '../lib/flat.ts';
import { wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import { coordinates, listFields, stridedOffset } from '../lib/strided.ts';

export interface IntegerProductSpec {
  readonly rank: number;
  readonly bias: boolean;
}

export function integerProductShader({ rank, bias }: IntegerProductSpec): ShaderModule {
  const names = ['a', 'b', ...(bias ? ['c'] : [])];
  return flatShader({
    together: [],
    others: names.map((name): Binding => ({ name, access: 'read', element: 'u32' })),
    y: 'u32',
    params: {
      last: 'u32',
      depth: 'u32',
      a_step: 'u32',
      b_step: 'u32',
      alpha: 'u32',
      ...(bias ? { beta: 'u32' } : {}),
      ...Object.fromEntries(
        ['d', ...names.map((name) => `${name}_s`)].flatMap((name) => Object.entries(listFields(name, rank))),
      ),
    },
    declarations: wgsl`
fn product_at(i: u32) -> u32 {
  ${coordinates(rank, 'i', 'd', 'at')}
  var a_at = ${stridedOffset(rank, 'a_s', 'at')};
  var b_at = ${stridedOffset(rank, 'b_s', 'at')};
  var sum = 0u;
  for (var k = 0u; k < params.depth; k++) {
    sum += a[a_at] * b[b_at];
    a_at += params.a_step;
    b_at += params.b_step;
  }
  return params.alpha * sum${bias ? ` + params.beta * c[${stridedOffset(rank, 'c_s', 'at')}]` : ''};
}`,
    body: eachOfFour('product_at', 'u32'),
  });
}
