/**
 * Depthwise convolution of 8-bit integers of any shape, every input channel by itself times the channel multiplier, brought to
 * another scale.
 *
 * Layout: x [N, in_h, in_w, in_c]; w, of each tap words of four output channels, w[tap · blocks + block]; channels as
 *   q-linear-conv.ts has them; y [N, out_h, out_w, out_c].
 * Bindings: x read, w read u32, channels read vec4<i32>, y read_write.
 * Workgroup: 64 × 1 × 1, four neighbours of y per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: how x is stored, and whether it is unsigned; rule of rescaling; small, where sums are exact in float32; zeroPoints, where some zw
 *   is not 0; fours, where out_c is in_c and a multiple of four; how y is stored.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { requantisedFoursFunction, type RescaleRule } from '../lib/fixed-point.ts';
import { flatShader, fours } from '../lib/flat.ts';
import { foursFunction, unpackedFunction } from '../lib/int8.ts';
import { u32 } from '../lib/literal.ts';
import { wgsl, type ShaderModule } from '../lib/module.ts';
import { bindingOf, load } from '../lib/storage.ts';
import { WINDOW_PARAMS, WINDOW_SHAPE_PARAMS } from '../lib/window.ts';

export interface QLinearDepthwiseSpec {
  readonly x: Storage;
  readonly unsigned: boolean;
  readonly rule: RescaleRule;
  readonly small: boolean;
  readonly zeroPoints: boolean;
  readonly fours: boolean;
  readonly y: Storage;
}

/** Statements for every tap: `tap` is its index, `source` the first element of its pixel, where it `is_inside`. */
function everyTap(pixel: string, statements: string): string {
  return wgsl`
  let row = ${pixel} / params.out_w;
  let n = row / params.out_h;
  let top = (row - n * params.out_h) * params.stride_h - params.pad_top;
  let left = (${pixel} - row * params.out_w) * params.stride_w - params.pad_left;
  for (var ky = 0u; ky < params.kernel_h; ky++) {
    // What lies before the input wraps, and is beyond it.
    let iy = top + ky * params.dilation_h;
    for (var kx = 0u; kx < params.kernel_w; kx++) {
      let ix = left + kx * params.dilation_w;
      let is_inside = iy < params.in_h && ix < params.in_w;
      let source = ((n * params.in_h + iy) * params.in_w + ix) * params.in_c;
      let tap = ky * params.kernel_w + kx;
${statements}
    }
  }`;
}

/** Four channels of a pixel. */
function byFours({ zeroPoints }: QLinearDepthwiseSpec): string {
  return wgsl`
  let pixel = i / params.blocks;
  let block = i - pixel * params.blocks;
${range(4)
  .map((k) => `  let c${k} = channels[block * 4u + ${u32(k)}];`)
  .join('\n')}
  let padding = unpacked(params.pad_word);
  let zeros = vec4<i32>(c0.w, c1.w, c2.w, c3.w);
  var sum = vec4<i32>(c0.x, c1.x, c2.x, c3.x);
  ${everyTap(
    'pixel',
    `      let weight = unpacked(w[tap * params.blocks + block])${zeroPoints ? ' - zeros' : ''};
      sum += weight * select(padding, fours_at(source / 4u + block), is_inside);`,
  )}
  let r = requantised_fours(sum, vec4<i32>(c0.y, c1.y, c2.y, c3.y), vec4<i32>(c0.z, c1.z, c2.z, c3.z));`;
}

/** Declares `fn sum_at(at) -> i32`: the sum of an element of y, and its constant. */
function sumFunction({ x, unsigned, zeroPoints }: QLinearDepthwiseSpec): string {
  const element = `i32(${load({ name: 'x', storage: x, width: 1 }, 'source + channel / params.multiplier')})`;
  return wgsl`
${unpackedFunction('i32')}
fn sum_at(at: u32) -> i32 {
  let pixel = at / params.out_c;
  let channel = at - pixel * params.out_c;
  let constants = channels[channel];
  let padding = unpacked(params.pad_word).x;
  var sum = constants.x;
  ${everyTap(
    'pixel',
    `      let weight = unpacked(w[tap * params.blocks + channel / 4u])[channel % 4u]${zeroPoints ? ' - constants.w' : ''};
      sum += weight * select(padding, ${element}${unsigned ? ' - 128i' : ''}, is_inside);`,
  )}
  return sum;
}`;
}

/** Any four neighbours of y. */
const BY_ELEMENTS = `
${range(4)
  .map((k) => `  let at${k} = min(i * 4u + ${u32(k)}, params.last);\n  let c${k} = channels[at${k} % params.out_c];`)
  .join('\n')}
  let sums = vec4<i32>(sum_at(at0), sum_at(at1), sum_at(at2), sum_at(at3));
  let r = requantised_fours(sums, vec4<i32>(c0.y, c1.y, c2.y, c3.y), vec4<i32>(c0.z, c1.z, c2.z, c3.z));`;

export function qLinearDepthwiseShader(spec: QLinearDepthwiseSpec): ShaderModule {
  const { x, unsigned, rule, small, y } = spec;
  return flatShader({
    together: [],
    others: [
      bindingOf(spec.fours ? fours('x', x) : { name: 'x', storage: x, width: 1 }, 'read'),
      { name: 'w', access: 'read', element: 'u32' },
      { name: 'channels', access: 'read', element: 'vec4<i32>' },
    ],
    y,
    params: {
      ...WINDOW_PARAMS,
      ...WINDOW_SHAPE_PARAMS,
      blocks: 'u32',
      multiplier: 'u32',
      last: 'u32',
      pad_word: 'u32',
      zero_point: 'i32',
      lowest: 'i32',
      highest: 'i32',
    },
    declarations: [
      spec.fours ? foursFunction(x, unsigned, 'i32') : sumFunction(spec),
      requantisedFoursFunction(rule, small),
    ].join('\n'),
    body: spec.fours ? byFours(spec) : BY_ELEMENTS,
  });
}
