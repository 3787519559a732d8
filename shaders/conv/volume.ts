/**
 * Convolution over three spatial dimensions, or a transposed one over up to three: each invocation sums the products of
 * four output channels of one group for an output pixel.
 *
 * Layout: x[x_offset + (((n·in_d + iz)·in_h + iy)·in_w + ix)·x_pitch + c], w[(tap·group_in + c)·out_c + m] with
 *   tap = (kz·kernel_h + ky)·kernel_w + kx, y and residual: row ((n·out_d + oz)·out_h + oy)·out_w + ox, channel m, as
 *   placed; bias[m]. Dimensions that are not there have extent, kernel and stride 1.
 * Bindings: x read, w read, scale? read, bias? read f32, residual? read, y read_write; x and scale are vec4 when inVector
 *   is 4, w when weightVector is 4, residual and y when outVector is 4.
 * Workgroup: 64 × 1 × 1; an invocation makes one pixel × 4 channels.
 * Dispatch: dispatch1d(count, 64), count = N · out_d · out_h · out_w · blocks.
 * Spec: transposed; inVector 4 when group_in % 4 = 0 and x is placed so; weightVector 4 when group_out % 4 = 0, outVector 4
 *   when y is placed so too; xType f32 or f16; wType these or i8x4; scaleType where x is multiplied by scale[n·in_c + c] (one group
 *   only); epilogue.
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
import { overWindow, VOLUME_PARAMS, VOLUME_POSITION } from '../lib/volume.ts';
import { X_PARAMS } from '../lib/window.ts';
import { fourWeights } from '../lib/weights.ts';

/** Invocations per workgroup. */
export const VOLUME_WORKGROUP = 64;

export interface ConvVolumeSpec extends EpilogueSpec {
  readonly transposed: boolean;
  readonly inVector: 1 | 4;
  readonly weightVector: 1 | 4;
  readonly outVector: 1 | 4;
  readonly xType: FloatStorage;
  readonly wType: Storage;
  readonly scaleType: FloatStorage | undefined;
}

/** The products of one or four input channels of a pixel. */
function products({ inVector, weightVector, wType, scaleType }: ConvVolumeSpec): string {
  const type = vectorType('f32', inVector);
  const weights = (k: number): string => {
    const at = `(weight_row + c${inVector === 4 ? ` * 4u + ${k}u` : ''}) * params.out_c + channel`;
    return fourWeights(wType, weightVector, at);
  };
  const factor = scaleType ? ` * ${type}(scale[n * (params.in_c / ${u32(inVector)}) + c])` : '';
  return `        let v = ${type}(x[at + c])${factor};
        acc += ${range(inVector)
          .map((k) => `${inVector === 4 ? `v[${k}]` : 'v'} * ${weights(k)}`)
          .join(' + ')};`;
}

export function convVolumeShader(spec: ConvVolumeSpec): ShaderModule {
  const { transposed, inVector, weightVector, outVector, scaleType } = spec;
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(spec.xType, inVector) },
      { name: 'w', access: 'read', element: elementOf({ storage: spec.wType, width: weightVector }) },
      ...(scaleType ? [{ name: 'scale', access: 'read', element: vectorType(scaleType, inVector) } as const] : []),
      ...epilogueBindings(spec, outVector),
      outputBinding(spec, outVector),
    ],
    params: {
      count: 'u32',
      ...VOLUME_PARAMS,
      ...X_PARAMS,
      in_c: 'u32',
      out_c: 'u32',
      blocks: 'u32',
      group_in: 'u32',
      group_out: 'u32',
      group_blocks: 'u32',
      ...epilogueParams(spec),
    },
    workgroupSize: [VOLUME_WORKGROUP, 1, 1],
    declarations: finishFunction(spec, outVector),
    body: wgsl`
  ${linearIndex(VOLUME_WORKGROUP)}
  if (i >= params.count) { return; }
  ${VOLUME_POSITION}
  let group = block / params.group_blocks;
  let first = (block - group * params.group_blocks) * 4u;
  let channel = group * params.group_out + first;
  let lanes = min(4u, params.group_out - first);
#if ${spec.bias}
  var acc = ${biasVector('channel')};
#else
  var acc = vec4<f32>();
#endif
  ${overWindow(
    `      let at = (params.x_offset + pixel * params.x_pitch + group * params.group_in) / ${u32(inVector)};
      let weight_row = tap * params.group_in;
      for (var c = 0u; c < params.group_in / ${u32(inVector)}; c++) {
${products(spec)}
      }`,
    transposed,
  )}
  finish(acc, row, channel, lanes);`,
  });
}
