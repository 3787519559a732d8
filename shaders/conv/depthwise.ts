/**
 * Depthwise convolution: each invocation makes a strip of output pixels of one channel, or of four neighbouring ones.
 * The taps of a kernel row are unrolled, and an input column that several of the strip's pixels see is read once.
 *
 * Layout: x[x_offset + ((n·in_h + iy)·in_w + ix)·x_pitch + m / multiplier], w[(ky·KW + kx)·out_c + m],
 *   y and residual: row (n·out_h + oy)·out_w + ox, channel m, as placed; bias[m].
 * Bindings: x read, w read, bias? read f32, residual? read, y read_write; all but bias are vec4 when width is 4.
 * Workgroup: 64 × 1 × 1; an invocation makes `pixels` pixels × `width` channels.
 * Dispatch: dispatch1d(count, 64), count = N · out_h · strips · blocks, blocks = out_c / width.
 * Spec: window (kernel height excepted, which is a parameter: drivers unroll a constant loop, and compile several
 *   times as long); pixels 1 or 4; width 4 when out_c % 4 = 0, the multiplier is 1, and x and y are
 *   placed so; xType, wType f32 or f16; epilogue.
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
export const DEPTHWISE_WORKGROUP = 64;

export interface ConvDepthwiseSpec extends EpilogueSpec {
  readonly window: WindowSpec;
  readonly pixels: 1 | 4;
  readonly width: 1 | 4;
  readonly xType: FloatStorage;
  readonly wType: FloatStorage;
}

/** One kernel row, unrolled: the weights, the distinct input columns, and the products. */
function kernelRow({ window, pixels, width }: ConvDepthwiseSpec): string {
  const [, kernelWidth] = window.kernel;
  const offset = (pixel: number, kx: number): number => pixel * window.strides[1] + kx * window.dilations[1];
  const taps = range(pixels).flatMap((p) => range(kernelWidth).map((kx) => ({ p, kx, column: offset(p, kx) })));
  const columns = [...new Set(taps.map((t) => t.column))].sort((a, b) => a - b);
  const type = vectorType('f32', width);
  const zero = `${type}()`;
  return [
    ...range(kernelWidth).map((kx) => `    let w${kx} = ${type}(w[weight_row + ${u32(kx)} * params.blocks + block]);`),
    ...columns.flatMap((column) => [
      `    let ix${column} = left + ${u32(column)};`,
      `    let x${column} = select(${zero}, ${type}(x[x_start + (input_row + ix${column}) * stride]), ix${column} < params.in_w);`,
    ]),
    ...taps.map(({ p, kx, column }) => `    acc${p} += x${column} * w${kx};`),
  ].join('\n');
}

function store({ width }: ConvDepthwiseSpec): (pixel: number) => string {
  const acc = (p: number): string => (width === 4 ? `acc${p}` : `vec4<f32>(acc${p}, 0.0, 0.0, 0.0)`);
  return (p) =>
    `  if (ox + ${u32(p)} < params.out_w) { finish(${acc(p)}, out_row + ${u32(p)}, block * ${u32(width)}, 1u); }`;
}

export function convDepthwiseShader(spec: ConvDepthwiseSpec): ShaderModule {
  const { window, pixels, width } = spec;
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
      ...epilogueParams(spec),
    },
    workgroupSize: [DEPTHWISE_WORKGROUP, 1, 1],
    declarations: finishFunction(spec, width),
    body: wgsl`
  ${linearIndex(DEPTHWISE_WORKGROUP)}
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
  let left = ox * ${u32(window.strides[1])} - params.pad_left;
  for (var ky = 0u; ky < params.kernel_h; ky++) {
    let iy = ${inputRow(window)};
    if (iy >= params.in_h) { continue; }
    let input_row = (n * params.in_h + iy) * params.in_w;
    let weight_row = ky * ${u32(window.kernel[1])} * params.blocks;
${kernelRow(spec)}
  }
  let out_row = (n * params.out_h + oy) * params.out_w + ox;
${perPixel(pixels, store(spec))}`,
  });
}
