/**
 * The mean of the integers in each window, ties away from zero; or in another scale, by ONNX's rule: float32, to even.
 *
 * Layout: x [N, in_h, in_w, C], y [N, out_h, out_w, C] in order.
 * Bindings: x read, multipliers? read i32 [largest window + 1] (a float32's bits, by how many count), y read_write.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: window; countIncludePad; scaled, whether to another scale; vector, where channels come in fours; how x and y are stored.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { SUM_AS_FLOAT } from '../lib/fixed-point.ts';
import { eachOfFour, flatShader } from '../lib/flat.ts';
import { u32 } from '../lib/literal.ts';
import { wgsl, type ParamFields, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { APART } from '../lib/special-numbers.ts';
import { bindingOf, load, type Access } from '../lib/storage.ts';
import { inputColumn, inputRow, WINDOW_PARAMS, type WindowSpec } from '../lib/window.ts';

export interface QLinearAveragePoolSpec {
  readonly window: WindowSpec;
  readonly countIncludePad: boolean;
  readonly scaled: boolean;
  readonly vector: boolean;
  readonly x: Storage;
  readonly y: Storage;
}

const POOL_PARAMS: ParamFields = {
  ...WINDOW_PARAMS,
  last: 'u32',
  padded_h: 'u32',
  padded_w: 'u32',
  lowest: 'i32',
  highest: 'i32',
};

const SCALED_PARAMS: ParamFields = { zero: 'u32', subtracted: 'i32', zero_point: 'i32' };

const SCALED_MEAN = wgsl`
${APART}
fn scaled_mean(sum: i32, bits: i32) -> i32 {
  ${SUM_AS_FLOAT}
  let mean = apart(real * bitcast<f32>(bits)) + f32(params.zero_point);
  return i32(clamp(round(mean), -1e6, 1e6));
}`;

export function qLinearAveragePoolShader(spec: QLinearAveragePoolSpec): ShaderModule {
  const { window, countIncludePad, scaled, vector, x, y } = spec;
  const width = vector ? 4 : 1;
  const elements: Access = { name: 'x', storage: x, width };
  const type = vectorType('i32', width);
  return flatShader({
    together: [],
    others: [
      bindingOf(elements, 'read'),
      ...(scaled ? [{ name: 'multipliers', access: 'read', element: 'i32' } as const] : []),
    ],
    y,
    params: { ...POOL_PARAMS, ...(scaled ? SCALED_PARAMS : {}) },
    // Channels are counted in words where they are read so.
    declarations: wgsl`
#if ${scaled}
${SCALED_MEAN}
#endif
fn pooled(at: u32) -> ${type} {
  let channels = params.in_c / ${u32(width)};
  let c = at % channels;
  let pixel = at / channels;
  let row = pixel / params.out_w;
  let ox = pixel - row * params.out_w;
  let n = row / params.out_h;
  let oy = row - n * params.out_h;
  var sum = ${type}(0i);
  var terms = 0i;
  for (var ky = 0u; ky < ${u32(window.kernel[0])}; ky++) {
    let iy = ${inputRow(window)};
    for (var kx = 0u; kx < ${u32(window.kernel[1])}; kx++) {
      let ix = ${inputColumn(window, 'kx', 0)};
      let inside = iy < params.in_h && ix < params.in_w;
#if ${countIncludePad}
      terms += select(0i, 1i, iy + params.pad_top < params.padded_h && ix + params.pad_left < params.padded_w);
#else
      terms += select(0i, 1i, inside);
#endif
      if (inside) {
        let source = ((n * params.in_h + iy) * params.in_w + ix) * channels + c;
        sum += ${load(elements, 'source')}${scaled ? ` - ${type}(params.subtracted)` : ''};
      }
    }
  }
#if ${scaled}
  let bits = multipliers[max(terms, 1i)];
  let mean = ${vector ? `${type}(${['x', 'y', 'z', 'w'].map((lane) => `scaled_mean(sum.${lane}, bits)`).join(', ')})` : 'scaled_mean(sum, bits)'};
#else
  let half = ${type}(max(terms, 1i) / 2i);
  let mean = select(sum + half, sum - half, sum < ${type}(0i)) / ${type}(max(terms, 1i));
#endif
  return clamp(mean, ${type}(params.lowest), ${type}(params.highest));
}`,
    body: vector ? 'let r = pooled(i);' : eachOfFour('pooled'),
  });
}
