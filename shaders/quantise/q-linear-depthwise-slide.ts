/**
 * Depthwise convolution of 8-bit integers by strips that slide down (shaders/lib/slide.ts), of four channels, brought to another
 * scale.
 *
 * Layout: x [N, in_h, in_w, C]; w, of each tap words of four channels, w[tap · blocks + block]; channels as q-linear-conv.ts has
 *   them; y [N, out_h, out_w, C]; C is a multiple of four.
 * Bindings: x read, w read u32, channels read vec4<i32>, y read_write.
 * Workgroup: `workgroup` × 1 × 1; an invocation makes a strip.
 * Dispatch: dispatch1d(count, workgroup).
 * Spec: kernel and strides; pixels; workgroup; source of x; rule of rescaling; small, where sums are exact in float32; what sums
 *   are added up in: f32 only of small ones; zeroPoints, where some zw is not 0; how y is stored; weightLoop as in
 *   conv/depthwise-slide.ts.
 * Limits: no workgroup storage.
 */
import type { Storage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { isReal, requantisedFoursFunction, type RescaleRule } from '../lib/fixed-point.ts';
import { fours } from '../lib/flat.ts';
import { linearIndex } from '../lib/index.ts';
import { foursFunction, type SumType } from '../lib/int8.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import {
  inputRows,
  slide,
  SLIDE_PARAMS,
  slideColumns,
  slidePosition,
  slideSums,
  type SlideSpec,
} from '../lib/slide.ts';
import { bindingOf, store } from '../lib/storage.ts';
import { perPixel, WINDOW_PARAMS } from '../lib/window.ts';

export interface QLinearDepthwiseSlideSpec extends SlideSpec {
  readonly workgroup: number;
  readonly x: Storage;
  /** x is unsigned. */
  readonly unsigned: boolean;
  readonly rule: RescaleRule;
  readonly small: boolean;
  readonly sums: SumType;
  readonly zeroPoints: boolean;
  readonly y: Storage;
  readonly weightLoop: boolean;
}

/** Declares the weights of the strip, without their zero points, and what its sums start at and are rescaled by. */
function weights({ kernel, sums, zeroPoints, weightLoop }: QLinearDepthwiseSlideSpec): string {
  const taps = kernel[0] * kernel[1];
  const weight = (tap: string): string => `unpacked(w[${tap} * params.blocks + block])${zeroPoints ? ' - zeros' : ''}`;
  return wgsl`
${range(4)
  .map((k) => `  let c${k} = channels[block * 4u + ${u32(k)}];`)
  .join('\n')}
  let multipliers = vec4<i32>(c0.y, c1.y, c2.y, c3.y);
  let shifts = vec4<i32>(c0.z, c1.z, c2.z, c3.z);
  let start = vec4<${sums}>(vec4<i32>(c0.x, c1.x, c2.x, c3.x));
#if ${zeroPoints}
  let zeros = vec4<${sums}>(vec4<i32>(c0.w, c1.w, c2.w, c3.w));
#endif
#if ${weightLoop}
  var weights: array<vec4<${sums}>, ${u32(taps)}>;
  for (var t = 0u; t < params.taps; t++) { weights[t] = ${weight('t')}; }
${perPixel(taps, (t) => `  let w${t} = weights[${u32(t)}];`)}
#else
${perPixel(taps, (t) => `  let w${t} = ${weight(u32(t))};`)}
#endif`;
}

/** Input column `c` of a row of x. */
const column = (c: number): string => `select(padding, fours_at(at + column${c}), is_inside & inside${c})`;

export function qLinearDepthwiseSlideShader(spec: QLinearDepthwiseSlideSpec): ShaderModule {
  const { x, unsigned, rule, small, sums, y, workgroup, weightLoop } = spec;
  // Drivers for processors convert lane by lane.
  const requantised = (sum: string): string =>
    sums === 'f32' && isReal(rule)
      ? `requantised_reals(${sum}, multipliers)`
      : `requantised_fours(vec4<i32>(${sum}), multipliers, shifts)`;
  const result = (p: number): string =>
    `let r = ${requantised(`sum0_${p}`)}; ${store(fours('y', y), `(out_row + ${u32(p)}) * params.blocks + block`, 'r')}`;
  return shaderModule({
    bindings: [
      bindingOf(fours('x', x), 'read'),
      { name: 'w', access: 'read', element: 'u32' },
      { name: 'channels', access: 'read', element: 'vec4<i32>' },
      bindingOf(fours('y', y), 'read_write'),
    ],
    params: {
      ...WINDOW_PARAMS,
      ...SLIDE_PARAMS,
      ...(weightLoop ? ({ taps: 'u32' } as const) : {}),
      pad_word: 'u32',
      zero_point: 'i32',
      lowest: 'i32',
      highest: 'i32',
    },
    workgroupSize: [workgroup, 1, 1],
    declarations: [foursFunction(x, unsigned, sums), requantisedFoursFunction(rule, small)].join('\n'),
    body: wgsl`
  ${linearIndex(workgroup)}
  if (i >= params.count) { return; }
  ${slidePosition(spec)}
  let pitch = params.blocks;
  let x_start = block;
  let padding = unpacked(params.pad_word);
${slideColumns(spec)}
${weights(spec)}
${slideSums(spec)}
${slide(spec, inputRows(spec, column), result)}`,
  });
}
