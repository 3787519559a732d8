/**
 * Sums of a convolution of 8-bit integers without their zero points, all of which may be computed. What pads x adds nothing.
 *
 * Layout: x [N, in_h, in_w, in_c]; w [kernel_h, kernel_w, group_in, out_c]; y [N, out_h, out_w, out_c].
 * Bindings: x read, w read, x_zero? read i32, w_zero? read i32, y read_write.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: window; how x and w are stored; which zero points there are, those of w for each channel or one.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { eachOfFour, flatShader } from '../lib/flat.ts';
import { u32 } from '../lib/literal.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import { bindingOf, load } from '../lib/storage.ts';
import { ELEMENT_POSITION, inputColumn, inputRow, WINDOW_PARAMS, type WindowSpec } from '../lib/window.ts';
import { zeroBindings } from './mat-mul-integer.ts';

export interface ConvIntegerSpec {
  readonly window: WindowSpec;
  readonly x: Storage;
  readonly w: Storage;
  readonly zeroPoints: { readonly x: boolean; readonly w: boolean };
  readonly channelZeros: boolean;
}

export function convIntegerShader({ window, x, w, zeroPoints, channelZeros }: ConvIntegerSpec): ShaderModule {
  const [pixels, weights] = [
    { name: 'x', storage: x, width: 1 },
    { name: 'w', storage: w, width: 1 },
  ] as const;
  return flatShader({
    together: [],
    others: [bindingOf(pixels, 'read'), bindingOf(weights, 'read'), ...zeroBindings(zeroPoints)],
    y: 'i32',
    params: { last: 'u32', group_in: 'u32', group_out: 'u32', ...WINDOW_PARAMS },
    declarations: wgsl`
fn sum_at(at: u32) -> i32 {
  ${ELEMENT_POSITION}
  let first = channel / params.group_out * params.group_in;
  let zx = ${zeroPoints.x ? 'x_zero[0]' : '0i'};
  let zw = ${zeroPoints.w ? `w_zero[${channelZeros ? 'channel' : '0'}]` : '0i'};
  var sum = 0i;
  for (var ky = 0u; ky < ${u32(window.kernel[0])}; ky++) {
    let iy = ${inputRow(window)};
    if (iy >= params.in_h) { continue; }
    for (var kx = 0u; kx < ${u32(window.kernel[1])}; kx++) {
      let ix = ${inputColumn(window, 'kx', 0)};
      if (ix >= params.in_w) { continue; }
      let x_base = ((n * params.in_h + iy) * params.in_w + ix) * params.in_c + first;
      let w_base = (ky * ${u32(window.kernel[1])} + kx) * params.group_in * params.out_c + channel;
      for (var c = 0u; c < params.group_in; c++) {
        let x_at = x_base + c;
        let w_at = w_base + c * params.out_c;
        sum += (${load(pixels, 'x_at')} - zx) * (${load(weights, 'w_at')} - zw);
      }
    }
  }
  return sum;
}`,
    body: eachOfFour('sum_at'),
  });
}
