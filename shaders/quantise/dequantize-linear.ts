/**
 * y = (x − zero point) · scale, elementwise.
 *
 * Layout: x and y as stored, in order; an element's scale as in quantize-linear.ts.
 * Bindings: x read, scale read f32, zero_point? read i32 or u32, y read_write.
 * Workgroup: 64 × 1 × 1, four elements per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: scales; zeroPoint; how x and y are stored.
 * Limits: no workgroup storage.
 */
import { scalarOf, type Storage } from '../../src/core/storage.ts';
import { flatShader, fours } from '../lib/flat.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import { SCALE_PARAMS, scaleBindings, scaleIndex, type ScaleKind } from './quantize-linear.ts';

export interface DequantizeLinearSpec {
  readonly scales: ScaleKind;
  readonly zeroPoint: boolean;
  readonly x: Storage;
  readonly y: Storage;
}

export function dequantizeLinearShader({ scales, zeroPoint, x, y }: DequantizeLinearSpec): ShaderModule {
  const word = scalarOf(x) === 'u32' ? 'u32' : 'i32';
  const lane = (k: number, name: string): string => wgsl`
  let s${k} = ${scaleIndex(scales, `i * 4u + ${k}u`)};
  let q${k} = exact(x_v.${name}${zeroPoint ? ` - zero_point[s${k}]` : ''}) * scale[s${k}];`;
  return flatShader({
    together: [fours('x', x)],
    others: scaleBindings(zeroPoint, word),
    y,
    params: SCALE_PARAMS[scales],
    // WGSL may round an integer beyond 2²⁴ either way; both halves are exact, and their sum is rounded to even.
    declarations: `fn exact(x: ${word}) -> f32 { return f32(x >> 16u) * 65536.0 + f32(x & ${word === 'u32' ? '0xffffu' : '0xffffi'}); }`,
    body: wgsl`
  ${['x', 'y', 'z', 'w'].map((name, k) => lane(k, name)).join('\n')}
  let r = vec4<f32>(q0, q1, q2, q3);`,
  });
}
