/**
 * Bilinear interpolation of integers, which keep their scale.
 *
 * Layout: x [N, in_h, in_w, C], y [N, out_h, out_w, C] in order; places: for each output row its two input rows and its weight,
 *   then likewise for each column, as `blendAxis` (src/ir/quantise/resize.ts) makes them.
 * Bindings: x read, places read i32, y read_write.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: rule of blending; how x and y are stored. Weights of the rule `float` are the bits of float32.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import type { BlendRule } from '../../src/ir/quantise/resize.ts';
import { eachOfFour, flatShader } from '../lib/flat.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import { APART } from '../lib/special-numbers.ts';
import { bindingOf, load } from '../lib/storage.ts';

export interface QLinearResizeSpec {
  readonly rule: BlendRule;
  readonly x: Storage;
  readonly y: Storage;
}

/** Statements that return the blend of `top_left` … `bottom_right` by the weights `column` and `row`. */
const BLENDS: { readonly [R in BlendRule]: string } = {
  shifted: `
  let top = top_left * 2048i + (top_right - top_left) * column;
  let bottom = bottom_left * 2048i + (bottom_right - bottom_left) * column;
  return (top * 2048i + (bottom - top) * row + 0x200000i) >> 22u;`,
  away: `
  let left = top_left * (1024i - row) + bottom_left * row;
  let right = top_right * (1024i - row) + bottom_right * row;
  let sum = left * (1024i - column) + right * column;
  return (sum + select(-0x80000i, 0x80000i, sum > 0i)) / 0x100000i;`,
  float: `
  let right = bitcast<f32>(column);
  let below = bitcast<f32>(row);
  let left = 1.0 - right;
  let above = 1.0 - below;
  let sum = apart(apart(apart(f32(top_left) * above) * left) + apart(apart(f32(bottom_left) * below) * left));
  let more = apart(sum + apart(apart(f32(top_right) * above) * right));
  return i32(apart(more + apart(apart(f32(bottom_right) * below) * right)) + 0.5);`,
};

export function qLinearResizeShader({ rule, x, y }: QLinearResizeSpec): ShaderModule {
  const elements = { name: 'x', storage: x, width: 1 } as const;
  const corner = (name: string, row: string, column: string): string => `
  let ${name}_at = ((n * params.in_h + u32(${row})) * params.in_w + u32(${column})) * params.channels + c;
  let ${name} = ${load(elements, `${name}_at`)};`;
  return flatShader({
    together: [],
    others: [bindingOf(elements, 'read'), { name: 'places', access: 'read', element: 'i32' }],
    y,
    params: {
      last: 'u32',
      in_h: 'u32',
      in_w: 'u32',
      out_h: 'u32',
      out_w: 'u32',
      channels: 'u32',
      ...(rule === 'float' ? ({ zero: 'u32' } as const) : {}),
    },
    declarations: wgsl`
${rule === 'float' ? APART : ''}
fn blended(at: u32) -> i32 {
  let c = at % params.channels;
  let pixel = at / params.channels;
  let output_row = pixel / params.out_w;
  let ox = pixel - output_row * params.out_w;
  let n = output_row / params.out_h;
  let oy = output_row - n * params.out_h;
  let row_at = oy * 3u;
  let column_at = (params.out_h + ox) * 3u;
  let row = places[row_at + 2u];
  let column = places[column_at + 2u];
  ${corner('top_left', 'places[row_at]', 'places[column_at]')}
  ${corner('top_right', 'places[row_at]', 'places[column_at + 1u]')}
  ${corner('bottom_left', 'places[row_at + 1u]', 'places[column_at]')}
  ${corner('bottom_right', 'places[row_at + 1u]', 'places[column_at + 1u]')}
  ${BLENDS[rule]}
}`,
    body: eachOfFour('blended'),
  });
}
