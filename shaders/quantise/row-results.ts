/**
 * The results of softmax, its logarithm or a norm, of what rows.ts found.
 *
 * Layout: x and y [outer, n, inner] in order; rows as rows.ts has them.
 * Bindings: x read, rows read i32, table? read i32 [256], y read_write.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: kind; how x and y are stored. `table` has exponentials, or differences, by how far an element is below the largest.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { flatShader, fours } from '../lib/flat.ts';
import { HIGH_PRODUCT, rescaleFunction, ROUNDING_SHIFT } from '../lib/fixed-point.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import type { RowsSpec } from './rows.ts';

export interface RowResultsSpec extends RowsSpec {
  readonly y: Storage;
}

/** Statements that return the result of `v`, before it is held in the type's range. */
const RESULTS: { readonly [K in RowsSpec['kind']]: string } = {
  softmax: `
  let difference = rows[row] - v;
  if (difference >= params.counted) { return params.lowest; }
  let product = high_product(rows[row + 1u], table[difference & 255i]);
  let exponent = u32(rows[row + 2u]);
  // Of a row of thousands that are as large less than a half is left.
  return select(rounding_shift(product, exponent & 31u), 0i, exponent > 31u) + params.lowest;`,
  logSoftmax: `
  let difference = rows[row] - v;
  let log = rows[row + 1u];
  let least = max(-params.counted, rescale(log + bitcast<i32>(0x80000000u), params.multiplier, params.shift));
  if (difference >= params.counted || -difference <= least) { return params.lowest; }
  return rounding_shift(table[difference & 255i] - log, 22u) + 255i + params.lowest;`,
  quotients: `
  let sum = bitcast<u32>(rows[row + 1u]);
  let part = u32(table[(rows[row] - v) & 255i]);
  return i32((part * params.steps + sum / 2u) / sum) + params.zero_point;`,
  norm: `
  return rescale((v - params.subtracted) << params.before, rows[row + 1u], rows[row + 2u] + params.after) + params.zero_point;`,
};

/** The result of one of four neighbours. */
const lane = (name: string, k: number): string => `result_of(i * 4u + ${k}u, x_v.${name})`;

export function rowResultsShader({ kind, x, y }: RowResultsSpec): ShaderModule {
  const helpers = {
    softmax: `${HIGH_PRODUCT}\n${ROUNDING_SHIFT}`,
    quotients: '',
    logSoftmax: rescaleFunction('twice'),
    norm: rescaleFunction('twice'),
  }[kind];
  return flatShader({
    together: [fours('x', x)],
    others: [
      { name: 'rows', access: 'read', element: 'i32' },
      ...(kind === 'norm' ? [] : [{ name: 'table', access: 'read', element: 'i32' } as const]),
    ],
    y,
    params: {
      n: 'u32',
      inner: 'u32',
      lowest: 'i32',
      highest: 'i32',
      ...{
        softmax: { counted: 'i32' } as const,
        logSoftmax: { counted: 'i32', multiplier: 'i32', shift: 'i32' } as const,
        quotients: { steps: 'u32', zero_point: 'i32' } as const,
        norm: { before: 'u32', after: 'i32', subtracted: 'i32', zero_point: 'i32' } as const,
      }[kind],
    },
    declarations: wgsl`
${helpers}
fn result_of(at: u32, v: i32) -> i32 {
  let row = (at / (params.n * params.inner) * params.inner + at % params.inner) * 4u;
  ${RESULTS[kind]}
}`,
    body: `let r = clamp(
    vec4<i32>(${['x', 'y', 'z', 'w'].map(lane).join(', ')}), vec4<i32>(params.lowest), vec4<i32>(params.highest));`,
  });
}
