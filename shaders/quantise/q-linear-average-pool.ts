/**
 * The mean of the integers in each window, ties away from zero; or of the real numbers that they stand for, in another scale.
 *
 * Layout: x [N, in_h, in_w, C], y [N, out_h, out_w, C] in order.
 * Bindings: x read, y read_write.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: window; countIncludePad; scaled, whether to another scale; vector, where channels come in fours; how x and y are stored.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { eachOfFour, flatShader } from '../lib/flat.ts';
import { u32 } from '../lib/literal.ts';
import { wgsl, type ParamFields, type ShaderModule } from '../lib/module.ts';
import { NEAREST_STEP, STEP_PARAMS } from '../lib/nearest-step.ts';
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

const POOL_PARAMS: ParamFields = { ...WINDOW_PARAMS, last: 'u32', padded_h: 'u32', padded_w: 'u32' };

const PLAIN_PARAMS: ParamFields = { lowest: 'i32', highest: 'i32' };

const SCALED_PARAMS: ParamFields = { ...STEP_PARAMS, zero: 'u32', unit: 'f32', subtracted: 'i32' };

/** Declares `fn real_of(v) -> f32`: what an integer stands for. */
const REAL_OF = wgsl`
${APART}
fn real_of(v: i32) -> f32 { return apart(params.unit * f32(v - params.subtracted)); }`;

/** Each lane of a vector, or the only one, as a function gives it. */
function lanes(width: 1 | 4, element: 'f32' | 'i32', of: (lane: string) => string): string {
  if (width === 1) return of('');
  return `${vectorType(element, 4)}(${['.x', '.y', '.z', '.w'].map(of).join(', ')})`;
}

export function qLinearAveragePoolShader(spec: QLinearAveragePoolSpec): ShaderModule {
  const { window, countIncludePad, scaled, vector, x, y } = spec;
  const width = vector ? 4 : 1;
  const elements: Access = { name: 'x', storage: x, width };
  const type = vectorType('i32', width);
  return flatShader({
    together: [],
    others: [bindingOf(elements, 'read')],
    y,
    params: { ...POOL_PARAMS, ...(scaled ? SCALED_PARAMS : PLAIN_PARAMS) },
    // Channels are counted in words where they are read so.
    declarations: wgsl`
#if ${scaled}
${NEAREST_STEP}
${REAL_OF}
#endif
fn pooled(at: u32) -> ${type} {
  let channels = params.in_c / ${u32(width)};
  let c = at % channels;
  let pixel = at / channels;
  let row = pixel / params.out_w;
  let ox = pixel - row * params.out_w;
  let n = row / params.out_h;
  let oy = row - n * params.out_h;
  var sum = ${scaled ? `${vectorType('f32', width)}(0.0)` : `${type}(0i)`};
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
#if ${scaled}
        let v = ${load(elements, 'source')};
        sum += ${lanes(width, 'f32', (lane) => `real_of(v${lane})`)};
#else
        sum += ${load(elements, 'source')};
#endif
      }
    }
  }
#if ${scaled}
  let count = f32(max(terms, 1i));
  return ${lanes(width, 'i32', (lane) => `nearest_step(quotient(sum${lane}, count))`)};
#else
  let half = ${type}(max(terms, 1i) / 2i);
  let mean = select(sum + half, sum - half, sum < ${type}(0i)) / ${type}(max(terms, 1i));
  return clamp(mean, ${type}(params.lowest), ${type}(params.highest));
#endif
}`,
    body: vector ? 'let r = pooled(i);' : eachOfFour('pooled'),
  });
}
