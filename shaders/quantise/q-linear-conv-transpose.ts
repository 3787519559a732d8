/**
 * Transposed convolution of 8-bit integers, brought to another scale: each output sums the taps of its phase (lib/phases.ts). Sums are
 * centred tap by tap, for which taps these are depends on the output's position.
 *
 * Layout: x [N, in_h, in_w, in_c]; w and channels as q-linear-conv.ts has them, but channels' constant is the bias; tap_sums,
 *   of each tap and channel the sum of its weights; y [N, out_h, out_w, out_c].
 * Bindings: x read, w read vec4<u32>, channels read vec4<i32>, tap_sums read i32, y read_write.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: source of x; dot4; rule of rescaling; zeroPoints, where some zw is not 0; lanes, 4 where the channels of a group come
 *   in fours; how y is stored.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { eachOfFour, flatShader } from '../lib/flat.ts';
import { dot4Function, xWordFunction, type Dot4, type WordSource } from '../lib/int8.ts';
import type { RescaleRule } from '../lib/fixed-point.ts';
import { u32 } from '../lib/literal.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import { PHASE_PARAMS, phaseOfPixel } from '../lib/phases.ts';
import { ELEMENT_POSITION } from '../lib/window.ts';
import { requantiseFunction, ONES, QUANTISED_CONV_PARAMS } from './q-linear-conv.ts';
import { elementOf } from '../lib/numbers.ts';

export interface QLinearConvTransposeSpec {
  readonly source: WordSource;
  readonly rule: RescaleRule;
  readonly dot4: Dot4;
  readonly zeroPoints: boolean;
  readonly lanes: 1 | 4;
  readonly y: Storage;
}

export function qLinearConvTransposeShader(spec: QLinearConvTransposeSpec): ShaderModule {
  const { source, dot4, rule, zeroPoints, lanes, y } = spec;
  const { count: _, strips: __, ...fields } = QUANTISED_CONV_PARAMS;
  return flatShader({
    together: [],
    others: [
      { name: 'x', access: 'read', element: elementOf({ storage: source.x, width: 1 }) },
      { name: 'w', access: 'read', element: 'vec4<u32>' },
      { name: 'channels', access: 'read', element: 'vec4<i32>' },
      { name: 'tap_sums', access: 'read', element: 'i32' },
    ],
    y,
    params: { ...PHASE_PARAMS, ...fields, in_c: 'u32', out_c: 'u32', x_zero: 'i32' },
    declarations: wgsl`
${xWordFunction(source)}
${dot4Function(dot4)}
${requantiseFunction(rule, zeroPoints)}
${gatherFunction(spec)}`,
    body: lanes === 4 ? 'let r = gathered(i * 4u);' : eachOfFour('gathered'),
  });
}

/** Declares `fn gathered(at)`: one element of y, or four channels of a pixel. It goes through the taps of the output's phase only. */
function gatherFunction({ zeroPoints, lanes }: QLinearConvTransposeSpec): string {
  const type = lanes === 4 ? 'vec4<i32>' : 'i32';
  const ofLanes = (each: (lane: string) => string): string =>
    lanes === 4
      ? `vec4<i32>(${range(4)
          .map((k) => each(u32(k)))
          .join(', ')})`
      : each('lane');
  return wgsl`
fn gathered(at: u32) -> ${type} {
  ${ELEMENT_POSITION}
${phaseOfPixel()}
  let group = channel / params.group_out;
  let within = channel - group * params.group_out;
  let block = group * params.group_blocks + within / 4u;
  let lane = within % 4u;
  var acc0 = ${type}();
  var inputs0 = 0i;
  for (var ty = 0u; ty < taps_y; ty++) {
    // Rows before the input wrap, and are beyond it.
    let iy = qy + origin_y - ty * params.shift_h;
    if (iy >= params.in_h) { continue; }
    for (var tx = 0u; tx < taps_x; tx++) {
      let ix = qx + origin_x - tx * params.shift_w;
      if (ix >= params.in_w) { continue; }
      let tap = (first_y + ty * params.step_h) * params.kernel_w + first_x + tx * params.step_w;
      let source = ((n * params.in_h + iy) * params.in_w + ix) * params.in_c + group * params.group_in;
      let sums_at = (tap * params.blocks + block) * 4u;
      acc0 -= params.x_zero * ${ofLanes((lane) => `tap_sums[sums_at + ${lane}]`)};
#if ${zeroPoints}
      inputs0 -= params.x_zero * i32(params.group_in);
#endif
      for (var c = 0u; c < params.words; c++) {
        let word = x_word(source + c * 4u);
        let weights = w[(tap * params.words + c) * params.blocks + block];
        acc0 += ${ofLanes((lane) => `dot4(word, weights[${lane}])`)};
#if ${zeroPoints}
        ${ONES}
        inputs0 += dot4(word, ones);
#endif
      }
    }
  }
  return ${ofLanes((lane) => `finish(acc0${lanes === 4 ? `[${lane}]` : ''}, inputs0, block * 4u + ${lane})`)};
}`;
}
