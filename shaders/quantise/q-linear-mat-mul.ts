/**
 * Matrix products of 8-bit integers, both of which may be computed, brought to another scale.
 *
 * Layout: a [batch…, M, K] and b [batch…, K, N], either transposed, batches broadcast by strides; channels, of each column the
 *   bias, multiplier, shift and zero point of b; y [batch…, M, N] in order.
 * Bindings: a read, b read, channels read vec4<i32>, y read_write.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: rank of the batches; rule of rescaling; how a, b and y are stored.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { requantisedFunction, type RescaleRule } from '../lib/fixed-point.ts';
import { eachOfFour, flatShader } from '../lib/flat.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import { bindingOf, load } from '../lib/storage.ts';
import { coordinates, listFields, stridedOffset } from '../lib/strided.ts';

export interface QLinearMatMulSpec {
  readonly rank: number;
  readonly rule: RescaleRule;
  readonly a: Storage;
  readonly b: Storage;
  readonly y: Storage;
}

export function qLinearMatMulShader({ rank, rule, a, b, y }: QLinearMatMulSpec): ShaderModule {
  const [left, right] = [
    { name: 'a', storage: a, width: 1 },
    { name: 'b', storage: b, width: 1 },
  ] as const;
  return flatShader({
    together: [],
    others: [
      bindingOf(left, 'read'),
      bindingOf(right, 'read'),
      { name: 'channels', access: 'read', element: 'vec4<i32>' },
    ],
    y,
    params: {
      last: 'u32',
      rows: 'u32',
      depth: 'u32',
      columns: 'u32',
      a_row: 'u32',
      a_step: 'u32',
      b_step: 'u32',
      b_column: 'u32',
      a_zero: 'i32',
      zero_point: 'i32',
      lowest: 'i32',
      highest: 'i32',
      ...listFields('d', rank),
      ...listFields('a_s', rank),
      ...listFields('b_s', rank),
    },
    declarations: wgsl`
${requantisedFunction(rule)}
fn product_at(at: u32) -> i32 {
  let row = at / params.columns;
  let column = at - row * params.columns;
  let batch = row / params.rows;
  ${coordinates(rank, 'batch')}
  let a_base = ${stridedOffset(rank, 'a_s')} + (row - batch * params.rows) * params.a_row;
  let b_base = ${stridedOffset(rank, 'b_s')} + column * params.b_column;
  let channel = channels[column];
  var sum = channel.x;
  for (var k = 0u; k < params.depth; k++) {
    let a_at = a_base + k * params.a_step;
    let b_at = b_base + k * params.b_step;
    sum += (${load(left, 'a_at')} - params.a_zero) * (${load(right, 'b_at')} - channel.w);
  }
  return requantised(sum, channel.y, channel.z);
}`,
    body: eachOfFour('product_at'),
  });
}
