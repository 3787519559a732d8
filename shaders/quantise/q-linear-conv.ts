/**
 * Convolution of 8-bit integers of any shape, brought to another scale. With (x − zx)·(w − zw) written out, a sum is Σ x·w −
 * zw·Σ x + a constant of its channel; padding counts as elements that are zx.
 *
 * Layout: x [N, in_h, in_w, in_c]; w, words of four input channels of a group, filled up with zeros:
 *   w[((tap · words + c4) · blocks + block) · 4 + lane], block and lane saying which output channel; channels, of each the
 *   constant, multiplier, shift and zw; y [N, out_h, out_w, out_c].
 * Bindings: x read, w read vec4<u32>, channels read vec4<i32>, y read_write.
 * Workgroup: 64 × 1 × 1. `strip`: four channels of up to four pixels along a row per invocation; otherwise four neighbours of
 *   y.
 * Dispatch: dispatch1d(count, 64).
 * Spec: window; source of x; dot4; rule of rescaling; pixels, 0 for four neighbours of y; zeroPoints, where some zw is
 *   not 0; how y is stored.
 * Limits: no workgroup storage.
 */
import { isPacked, type Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { requantisedFunction, type RescaleRule } from '../lib/fixed-point.ts';
import { FLAT_WORKGROUP, fours } from '../lib/flat.ts';
import { linearIndex } from '../lib/index.ts';
import { dot4Function, xWordFunction, type Dot4, type WordSource } from '../lib/int8.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { bindingOf, store } from '../lib/storage.ts';
import {
  ELEMENT_POSITION,
  inputColumn,
  inputRow,
  perPixel,
  stripPosition,
  WINDOW_PARAMS,
  type WindowSpec,
} from '../lib/window.ts';
import { elementOf } from '../lib/numbers.ts';

export interface QLinearConvSpec {
  readonly window: WindowSpec;
  readonly source: WordSource;
  readonly rule: RescaleRule;
  readonly pixels: 0 | 1 | 4;
  readonly dot4: Dot4;
  readonly zeroPoints: boolean;
  readonly y: Storage;
}

/** Extents of groups, in channels and in words of four, and what results are held in. */
export const QUANTISED_CONV_PARAMS = {
  count: 'u32',
  strips: 'u32',
  last: 'u32',
  group_in: 'u32',
  group_out: 'u32',
  words: 'u32',
  blocks: 'u32',
  group_blocks: 'u32',
  pad_word: 'u32',
  tail: 'u32',
  zero_point: 'i32',
  lowest: 'i32',
  highest: 'i32',
} as const;

/** Declares `fn finish(sum, inputs, channel) -> i32`: a sum and the sum of its inputs as a result. */
export function requantiseFunction(rule: RescaleRule, zeroPoints: boolean): string {
  return wgsl`
${requantisedFunction(rule)}
fn finish(sum: i32, inputs: i32, entry: u32) -> i32 {
  let c = channels[entry];
#if ${zeroPoints}
  let total = sum + c.x - c.w * inputs;
#else
  let total = sum + c.x;
#endif
  return requantised(total, c.y, c.z);
}`;
}

/** Which bytes of a word are elements of a row: all but past the end of the last word. */
export const ONES = 'let ones = select(0x01010101u, params.tail, c + 1u == params.words);';

/** The sums of four channels, or one of them, over the window of up to four pixels. */
function sums({ window, zeroPoints }: QLinearConvSpec, pixels: number, lanes: 1 | 4): string {
  const position = (p: number): string => `
      let ix${p} = ${inputColumn(window, 'kx', p)};
      let inside${p} = row_inside & (ix${p} < params.in_w);
      let at${p} = (input_row + ix${p}) * params.in_c + group * params.group_in;`;
  const step = (p: number): string => {
    const products = ['x', 'y', 'z', 'w'].map((k) => `dot4(x${p}, w4.${k})`).join(', ');
    return `
        let x${p} = select(params.pad_word, x_word(at${p} + c * 4u), inside${p});
        acc${p} += ${lanes === 4 ? `vec4<i32>(${products})` : `dot4(x${p}, w1)`};
        ${zeroPoints ? `inputs${p} += dot4(x${p}, ones);` : ''}`;
  };
  const type = lanes === 4 ? 'vec4<i32>' : 'i32';
  return wgsl`
${perPixel(pixels, (p) => `  var acc${p} = ${type}();\n  var inputs${p} = 0i;`)}
  for (var ky = 0u; ky < ${u32(window.kernel[0])}; ky++) {
    let iy = ${inputRow(window)};
    let row_inside = iy < params.in_h;
    let input_row = (n * params.in_h + iy) * params.in_w;
    for (var kx = 0u; kx < ${u32(window.kernel[1])}; kx++) {
      let weight_row = (ky * ${u32(window.kernel[1])} + kx) * params.words;
      ${perPixel(pixels, position)}
      for (var c = 0u; c < params.words; c++) {
        let w4 = w[(weight_row + c) * params.blocks + block];
        ${lanes === 1 ? 'let w1 = w4[lane];' : ''}
        ${zeroPoints ? ONES : ''}
        ${perPixel(pixels, step)}
      }
    }
  }`;
}

/** The results of four channels of a pixel of a strip. */
const four = (p: number): string =>
  `vec4<i32>(${range(4)
    .map((k) => `finish(acc${p}[${k}], inputs${p}, block * 4u + ${k}u)`)
    .join(', ')})`;

/** Four channels of a strip of pixels. */
function stripBody(spec: QLinearConvSpec, pixels: number): string {
  const write = (p: number): string =>
    isPacked(spec.y)
      ? `let r${p} = ${four(p)};\n    ${store(fours('y', spec.y), `((out_row + ${p}u) * params.out_c + channel) / 4u`, `r${p}`)}`
      : `let r${p} = ${four(p)};
    for (var k = 0u; k < lanes; k++) { y[(out_row + ${p}u) * params.out_c + channel + k] = r${p}[k]; }`;
  return wgsl`
  ${linearIndex(FLAT_WORKGROUP)}
  if (i >= params.count) { return; }
  ${stripPosition('params.blocks', pixels)}
  let group = block / params.group_blocks;
  let first = (block - group * params.group_blocks) * 4u;
  let channel = group * params.group_out + first;
  let lanes = min(4u, params.group_out - first);
${sums(spec, pixels, 4)}
  let out_row = (n * params.out_h + oy) * params.out_w + ox;
${perPixel(pixels, (p) => `  if (ox + ${p}u < params.out_w) {\n    ${write(p)}\n  }`)}`;
}

/** Four neighbours of y. */
function flatBody(y: Storage): string {
  return wgsl`
  ${linearIndex(FLAT_WORKGROUP)}
  if (i >= params.count) { return; }
  let r = vec4<i32>(${range(4)
    .map((k) => `convolved(min(i * 4u + ${u32(k)}, params.last))`)
    .join(', ')});
  ${store(fours('y', y), 'i', 'r')}`;
}

/** Declares `fn convolved(at) -> i32`: one element of y. */
function elementFunction(spec: QLinearConvSpec): string {
  return wgsl`
fn convolved(at: u32) -> i32 {
  ${ELEMENT_POSITION}
  let group = channel / params.group_out;
  let within = channel - group * params.group_out;
  let block = group * params.group_blocks + within / 4u;
  let lane = within % 4u;
${sums(spec, 1, 1)}
  return finish(acc0, inputs0, block * 4u + lane);
}`;
}

export function qLinearConvShader(spec: QLinearConvSpec): ShaderModule {
  const { source, dot4, rule, pixels, zeroPoints, y } = spec;
  const strip = pixels > 0;
  const output = strip && !isPacked(y) ? ({ name: 'y', storage: y, width: 1 } as const) : fours('y', y);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: elementOf({ storage: source.x, width: 1 }) },
      { name: 'w', access: 'read', element: 'vec4<u32>' },
      { name: 'channels', access: 'read', element: 'vec4<i32>' },
      bindingOf(output, 'read_write'),
    ],
    params: { ...WINDOW_PARAMS, ...QUANTISED_CONV_PARAMS },
    workgroupSize: [FLAT_WORKGROUP, 1, 1],
    declarations: [
      xWordFunction(source),
      dot4Function(dot4),
      requantiseFunction(rule, zeroPoints),
      strip ? '' : elementFunction(spec),
    ].join('\n'),
    body: strip ? stripBody(spec, pixels) : flatBody(y),
  });
}
