/**
 * Convolution of any shape: each invocation sums the products of four output channels of one group for a strip of
 * output pixels, in registers.
 *
 * Layout: x[x_offset + ((n·in_h + iy)·in_w + ix)·x_pitch + c], w[((ky·KW + kx)·group_in + c)·out_c + m],
 *   y and residual: row (n·out_h + oy)·out_w + ox, channel m, as placed; bias[m].
 * Bindings: x read, w read, scale? read, bias? read f32, residual? read, y read_write; x and scale are vec4 when inVector
 *   is 4, w when weightVector is 4, residual and y when outVector is 4.
 * Workgroup: 64 × 1 × 1; an invocation makes `pixels` pixels × 4 channels.
 * Dispatch: dispatch1d(count, 64), count = N · out_h · strips · blocks.
 * Spec: window; pixels 1 or 4; inVector 4 when group_in % 4 = 0 and x is placed so; weightVector 4 when
 *   group_out % 4 = 0, outVector 4 when y is placed so too; xType f32 or f16; wType these or i8x4; scaleType where x is
 *   multiplied by scale[n·in_c + c] (one group only); epilogue.
 * Limits: no workgroup storage.
 */
import type { FloatStorage, Storage } from '../../src/core/storage.ts';
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
import { elementOf, vectorType } from '../lib/numbers.ts';
import {
  inputColumn,
  inputRow,
  perPixel,
  stripPosition,
  WINDOW_PARAMS,
  X_PARAMS,
  type WindowSpec,
} from '../lib/window.ts';
import { fourWeights } from '../lib/weights.ts';

/** Invocations per workgroup. */
export const DIRECT_WORKGROUP = 64;

export interface ConvDirectSpec extends EpilogueSpec {
  readonly window: WindowSpec;
  readonly pixels: 1 | 4;
  readonly inVector: 1 | 4;
  readonly weightVector: 1 | 4;
  readonly outVector: 1 | 4;
  readonly xType: FloatStorage;
  readonly wType: Storage;
  readonly scaleType: FloatStorage | undefined;
}

/** Loads of one step: the weights of one or four input channels, and as many input channels of each pixel. */
function step({ pixels, inVector, weightVector, wType, scaleType }: ConvDirectSpec): string {
  const weights = range(inVector).map((k) => {
    const row = `(weight_row + c${inVector === 4 ? ` * 4u + ${k}u` : ''}) * params.out_c + channel`;
    return `      let w${k} = ${fourWeights(wType, weightVector, row)};`;
  });
  const zero = inVector === 4 ? 'vec4<f32>()' : '0.0';
  const sums = (p: number): string =>
    inVector === 4 ? `x${p}.x * w0 + x${p}.y * w1 + x${p}.z * w2 + x${p}.w * w3` : `x${p} * w0`;
  const pixel = (p: number): string =>
    `      let x${p} = select(${zero}, ${vectorType('f32', inVector)}(x[at${p} + c])${scaleType ? ' * factor' : ''}, inside${p});\n      acc${p} += ${sums(p)};`;
  const scale = `      let factor = ${vectorType('f32', inVector)}(scale[n * (params.in_c / ${u32(inVector)}) + c]);`;
  return [...weights, ...(scaleType ? [scale] : []), perPixel(pixels, pixel)].join('\n');
}

function store(p: number): string {
  return `  if (ox + ${u32(p)} < params.out_w) { finish(acc${p}, out_row + ${u32(p)}, channel, lanes); }`;
}

export function convDirectShader(spec: ConvDirectSpec): ShaderModule {
  const { window, pixels, inVector, weightVector, outVector, scaleType } = spec;
  const position = (p: number): string => `
      let ix${p} = ${inputColumn(window, 'kx', p)};
      let inside${p} = ix${p} < params.in_w;
      let at${p} = (params.x_offset + (input_row + ix${p}) * params.x_pitch + group * params.group_in) / ${u32(inVector)};`;
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(spec.xType, inVector) },
      { name: 'w', access: 'read', element: elementOf({ storage: spec.wType, width: weightVector }) },
      ...(scaleType ? [{ name: 'scale', access: 'read', element: vectorType(scaleType, inVector) } as const] : []),
      ...epilogueBindings(spec, outVector),
      outputBinding(spec, outVector),
    ],
    params: {
      ...WINDOW_PARAMS,
      ...X_PARAMS,
      count: 'u32',
      blocks: 'u32',
      strips: 'u32',
      group_in: 'u32',
      group_out: 'u32',
      group_blocks: 'u32',
      ...epilogueParams(spec),
    },
    workgroupSize: [DIRECT_WORKGROUP, 1, 1],
    declarations: finishFunction(spec, outVector),
    body: wgsl`
  ${linearIndex(DIRECT_WORKGROUP)}
  if (i >= params.count) { return; }
  ${stripPosition('params.blocks', pixels)}
  let group = block / params.group_blocks;
  let first = (block - group * params.group_blocks) * 4u;
  let channel = group * params.group_out + first;
  let lanes = min(4u, params.group_out - first);
#if ${spec.bias}
  let start = ${biasVector('channel')};
#else
  let start = vec4<f32>();
#endif
${perPixel(pixels, (p) => `  var acc${p} = start;`)}
  for (var ky = 0u; ky < ${u32(window.kernel[0])}; ky++) {
    let iy = ${inputRow(window)};
    if (iy >= params.in_h) { continue; }
    let input_row = (n * params.in_h + iy) * params.in_w;
    for (var kx = 0u; kx < ${u32(window.kernel[1])}; kx++) {
      let weight_row = (ky * ${u32(window.kernel[1])} + kx) * params.group_in;${perPixel(pixels, position)}
      for (var c = 0u; c < params.group_in / ${u32(inVector)}; c++) {
${step(spec)}
      }
    }
  }
  let out_row = (n * params.out_h + oy) * params.out_w + ox;
${perPixel(pixels, store)}`,
  });
}
