/**
 * Transposed convolution of 8-bit integers, brought to another scale: each output gathers the taps that meet it. Sums are
 * centred tap by tap, for which taps these are depends on the output's position.
 *
 * Layout: x [N, in_h, in_w, in_c]; w and channels as q-linear-conv.ts has them, but channels' constant is the bias; tap_sums,
 *   of each tap and channel the sum of its weights; y [N, out_h, out_w, out_c].
 * Bindings: x read, w read vec4<u32>, channels read vec4<i32>, tap_sums read i32, y read_write.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: source of x; dot4; rule of rescaling; zeroPoints, where some zw is not 0; how y is stored.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { eachOfFour, flatShader } from '../lib/flat.ts';
import { dot4Function, xWordFunction, type Dot4, type WordSource } from '../lib/int8.ts';
import type { RescaleRule } from '../lib/fixed-point.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import { ELEMENT_POSITION, WINDOW_PARAMS, WINDOW_SHAPE_PARAMS } from '../lib/window.ts';
import { requantiseFunction, ONES, QUANTISED_CONV_PARAMS } from './q-linear-conv.ts';
import { elementOf } from '../lib/numbers.ts';

export interface QLinearConvTransposeSpec {
  readonly source: WordSource;
  readonly rule: RescaleRule;
  readonly dot4: Dot4;
  readonly zeroPoints: boolean;
  readonly y: Storage;
}

export function qLinearConvTransposeShader(spec: QLinearConvTransposeSpec): ShaderModule {
  const { source, dot4, rule, zeroPoints, y } = spec;
  const { count: _, ...fields } = QUANTISED_CONV_PARAMS;
  return flatShader({
    together: [],
    others: [
      { name: 'x', access: 'read', element: elementOf({ storage: source.x, width: 1 }) },
      { name: 'w', access: 'read', element: 'vec4<u32>' },
      { name: 'channels', access: 'read', element: 'vec4<i32>' },
      { name: 'tap_sums', access: 'read', element: 'i32' },
    ],
    y,
    params: { ...WINDOW_PARAMS, ...WINDOW_SHAPE_PARAMS, ...fields, x_zero: 'i32' },
    declarations: wgsl`
${xWordFunction(source)}
${dot4Function(dot4)}
${requantiseFunction(rule, zeroPoints)}
${gatherFunction(zeroPoints)}`,
    body: eachOfFour('gathered'),
  });
}

/** Declares `fn gathered(at) -> i32`: one element of y. */
function gatherFunction(zeroPoints: boolean): string {
  return wgsl`
fn gathered(at: u32) -> i32 {
  ${ELEMENT_POSITION}
  let group = channel / params.group_out;
  let within = channel - group * params.group_out;
  let block = group * params.group_blocks + within / 4u;
  let lane = within % 4u;
  let entry = block * 4u + lane;
  var acc0 = 0i;
  var inputs0 = 0i;
  for (var ky = 0u; ky < params.kernel_h; ky++) {
    // Rows before the input wrap, and are beyond it.
    let y_from = oy + params.pad_top - ky * params.dilation_h;
    let iy = y_from / params.stride_h;
    if (iy >= params.in_h || iy * params.stride_h != y_from) { continue; }
    for (var kx = 0u; kx < params.kernel_w; kx++) {
      let x_from = ox + params.pad_left - kx * params.dilation_w;
      let ix = x_from / params.stride_w;
      if (ix >= params.in_w || ix * params.stride_w != x_from) { continue; }
      let tap = ky * params.kernel_w + kx;
      let source = ((n * params.in_h + iy) * params.in_w + ix) * params.in_c + group * params.group_in;
      acc0 -= params.x_zero * tap_sums[tap * params.blocks * 4u + entry];
#if ${zeroPoints}
      inputs0 -= params.x_zero * i32(params.group_in);
#endif
      for (var c = 0u; c < params.words; c++) {
        let word = x_word(source + c * 4u);
        acc0 += dot4(word, w[(tap * params.words + c) * params.blocks + block][lane]);
#if ${zeroPoints}
        ${ONES}
        inputs0 += dot4(word, ones);
#endif
      }
    }
  }
  return finish(acc0, inputs0, entry);
}`;
}
