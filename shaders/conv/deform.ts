/**
 * Deformable convolution of any groups: each invocation samples the window of one output pixel, and sums the products of four
 * output channels of one group.
 *
 * Layout: x, offset and mask as shaders/conv/deform-columns.ts has them; w[(tap·group_in + c)·out_c + m]; y: row (n·out_h + oy)·
 *   out_w + ox, channel m, as placed; bias[m].
 * Bindings: x read, w read, offset read f32, mask? read, bias? read f32, y read_write; x is vec4 when inVector is 4, w when
 *   weightVector is 4, y when outVector is 4.
 * Workgroup: 64 × 1 × 1; an invocation makes one pixel × 4 channels.
 * Dispatch: dispatch1d(count, 64), count = N · out_h · out_w · blocks.
 * Spec: inVector 4 when the channels of groups and of offset groups come in fours and x is placed so; weightVector 4 when
 *   group_out % 4 = 0, outVector 4 when y is placed so too; xType, wType f32 or f16; maskType where there are masks;
 *   epilogue.
 * Limits: no workgroup storage.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { DEFORM_PARAMS, declareSample, SAMPLE_FUNCTION, sampled } from '../lib/deform.ts';
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
import { fourWeights } from '../lib/weights.ts';
import { X_PARAMS } from '../lib/window.ts';
import { DEFORM_WORKGROUP } from './deform-columns.ts';

export interface DeformConvSpec extends EpilogueSpec {
  readonly inVector: 1 | 4;
  readonly weightVector: 1 | 4;
  readonly outVector: 1 | 4;
  readonly xType: FloatStorage;
  readonly wType: FloatStorage;
  readonly maskType: FloatStorage | undefined;
}

/** The products of one or four input channels from `c` of the group on. */
function products({ inVector, weightVector, wType, maskType }: DeformConvSpec): string {
  const type = vectorType('f32', inVector);
  const term = (k: number): string => {
    const at = `(tap * params.group_in + c + ${u32(k)}) * params.out_c + channel`;
    return `${inVector === 4 ? `v[${k}]` : 'v'} * ${fourWeights(wType, weightVector, at)}`;
  };
  return `        let v = ${sampled(type, maskType !== undefined, `(first_in + c) / ${u32(inVector)}`)};
        acc += ${range(inVector).map(term).join(' + ')};`;
}

/** Declares which pixel and channels an invocation makes, and where what they need lies. */
const POSITION = `let row = i / params.blocks;
  let block = i - row * params.blocks;
  let line = row / params.out_w;
  let ox = row - line * params.out_w;
  let n = line / params.out_h;
  let oy = line - n * params.out_h;
  let group = block / params.group_blocks;
  let first = (block - group * params.group_blocks) * 4u;
  let channel = group * params.group_out + first;
  let first_in = group * params.group_in;
  let image = params.x_offset + n * params.in_h * params.in_w * params.x_pitch;
  let taps = params.kernel_h * params.kernel_w;`;

export function deformConvShader(spec: DeformConvSpec): ShaderModule {
  const { inVector, weightVector, outVector, xType, wType, maskType } = spec;
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(xType, inVector) },
      { name: 'w', access: 'read', element: vectorType(wType, weightVector) },
      { name: 'offset', access: 'read', element: 'f32' },
      ...(maskType ? [{ name: 'mask', access: 'read', element: maskType } as const] : []),
      ...epilogueBindings(spec, outVector),
      outputBinding(spec, outVector),
    ],
    params: {
      count: 'u32',
      ...DEFORM_PARAMS,
      ...X_PARAMS,
      each: 'u32',
      out_c: 'u32',
      blocks: 'u32',
      group_in: 'u32',
      group_out: 'u32',
      group_blocks: 'u32',
      ...epilogueParams(spec),
    },
    workgroupSize: [DEFORM_WORKGROUP, 1, 1],
    declarations: `${SAMPLE_FUNCTION}\n${finishFunction(spec, outVector)}`,
    body: wgsl`
  ${linearIndex(DEFORM_WORKGROUP)}
  if (i >= params.count) { return; }
  ${POSITION}
#if ${spec.bias}
  var acc = ${biasVector('channel')};
#else
  var acc = vec4<f32>();
#endif
  for (var ky = 0u; ky < params.kernel_h; ky++) {
    for (var kx = 0u; kx < params.kernel_w; kx++) {
      let tap = ky * params.kernel_w + kx;
      var c = 0u;
      while (c < params.group_in) {
        let offset_group = (first_in + c) / params.each;
        let stop = min(params.group_in, (offset_group + 1u) * params.each - first_in);
        let place = (row * params.offset_groups + offset_group) * taps + tap;
${declareSample(maskType !== undefined, u32(inVector))}
        for (; c < stop; c += ${u32(inVector)}) {
${products(spec)}
        }
      }
    }
  }
  finish(acc, row, channel, min(4u, params.group_out - first));`,
  });
}
