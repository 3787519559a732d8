/**
 * Depthwise convolution by wide kernels: each invocation makes a strip of output pixels of one channel, or of four
 * neighbouring ones. A kernel row is walked in runs of `taps`, each unrolled, so that the text stays small however wide
 * the kernel is; within a run an input column that several of the strip's pixels see is read once.
 *
 * Layout: x[x_offset + ((n·in_h + iy)·in_w + ix)·x_pitch + m / multiplier], w[(ky·kernel_w + kx)·out_c + m],
 *   y and residual: row (n·out_h + oy)·out_w + ox, channel m, as placed; bias[m].
 * Bindings: x read, w read, bias? read f32, residual? read, y read_write; all but bias are vec4 when width is 4.
 * Workgroup: 64 × 1 × 1; an invocation makes `pixels` pixels × `width` channels.
 * Dispatch: dispatch1d(count, 64), count = N · out_h · strips · blocks, blocks = out_c / width.
 * Spec: window (its kernel excepted, which is a parameter); taps of a run; pixels 1, 4 or 8; width 4 when out_c % 4 = 0, the
 *   multiplier is 1, and x and y are placed so; xType, wType f32 or f16; epilogue.
 * Limits: no workgroup storage.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import {
  biasVector,
  epilogueBindings,
  epilogueParams,
  finishFunction,
  outputBinding,
  type EpilogueSpec,
} from '../lib/epilogue.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { inputRow, perPixel, stripPosition, WINDOW_PARAMS, X_PARAMS, type WindowSpec } from '../lib/window.ts';

/** Invocations per workgroup. */
export const DEPTHWISE_WIDE_WORKGROUP = 64;

export interface ConvDepthwiseWideSpec extends EpilogueSpec {
  readonly window: WindowSpec;
  readonly taps: number;
  readonly pixels: 1 | 4 | 8;
  readonly width: 1 | 4;
  readonly xType: FloatStorage;
  readonly wType: FloatStorage;
}

/** One run of taps from `kx` on: the weights, zero beyond the kernel, the distinct input columns, and the products. */
function run({ window, taps, pixels, width }: ConvDepthwiseWideSpec): string {
  const type = vectorType('f32', width);
  const columnOf = (p: number, t: number): number => p * window.strides[1] + t * window.dilations[1];
  const products = range(pixels).flatMap((p) => range(taps).map((t) => ({ p, t, column: columnOf(p, t) })));
  const columns = [...new Set(products.map(({ column }) => column))].sort((a, b) => a - b);
  return [
    ...range(taps).map(
      (t) =>
        `      let w${t} = select(${type}(), ${type}(w[weight_row + (kx + ${u32(t)}) * params.blocks]), kx + ${u32(t)} < params.kernel_w);`,
    ),
    ...columns.flatMap((column) => [
      `      let ix${column} = left + ${u32(column)};`,
      `      let x${column} = select(${type}(), ${type}(x[x_start + (input_row + ix${column}) * stride]), ix${column} < params.in_w);`,
    ]),
    ...products.map(({ p, t, column }) => `      acc${p} += x${column} * w${t};`),
  ].join('\n');
}

function store({ width }: ConvDepthwiseWideSpec): (pixel: number) => string {
  const acc = (p: number): string => (width === 4 ? `acc${p}` : `vec4<f32>(acc${p}, 0.0, 0.0, 0.0)`);
  return (p) =>
    `  if (ox + ${u32(p)} < params.out_w) { finish(${acc(p)}, out_row + ${u32(p)}, block * ${u32(width)}, 1u); }`;
}

export function convDepthwiseWideShader(spec: ConvDepthwiseWideSpec): ShaderModule {
  const { window, taps, pixels, width } = spec;
  const element = vectorType('f32', width);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(spec.xType, width) },
      { name: 'w', access: 'read', element: vectorType(spec.wType, width) },
      ...epilogueBindings(spec, width),
      outputBinding(spec, width),
    ],
    params: {
      ...WINDOW_PARAMS,
      ...X_PARAMS,
      count: 'u32',
      blocks: 'u32',
      strips: 'u32',
      multiplier: 'u32',
      kernel_h: 'u32',
      kernel_w: 'u32',
      ...epilogueParams(spec),
    },
    workgroupSize: [DEPTHWISE_WIDE_WORKGROUP, 1, 1],
    declarations: finishFunction(spec, width),
    body: wgsl`
  ${linearIndex(DEPTHWISE_WIDE_WORKGROUP)}
  if (i >= params.count) { return; }
  ${stripPosition('params.blocks', pixels)}
  let stride = params.x_pitch / ${u32(width)};
  let x_start = params.x_offset / ${u32(width)} + block / params.multiplier;
#if ${spec.bias && width === 4}
  let start = ${biasVector('block * 4u')};
#elif ${spec.bias}
  let start = bias[block];
#else
  let start = ${element}();
#endif
${perPixel(pixels, (p) => `  var acc${p} = start;`)}
  for (var ky = 0u; ky < params.kernel_h; ky++) {
    let iy = ${inputRow(window)};
    if (iy >= params.in_h) { continue; }
    let input_row = (n * params.in_h + iy) * params.in_w;
    let weight_row = ky * params.kernel_w * params.blocks + block;
    var left = ox * ${u32(window.strides[1])} - params.pad_left;
    for (var kx = 0u; kx < params.kernel_w; kx += ${u32(taps)}) {
${run(spec)}
      left += ${u32(taps * window.dilations[1])};
    }
  }
  let out_row = (n * params.out_h + oy) * params.out_w + ox;
${perPixel(pixels, store(spec))}`,
  });
}
