/**
 * The weights of a convolution in the order in which the implicit kernels read them: panels of some quads of output
 * channels, padded with zeros to whole panels and whole steps of input channels. Run once, when the plan is loaded.
 *
 * Layout: source[((ky·KW + kx)·group_in + c)·out_c + m]; packed[group][panel][line][step][tap][c in step][quad], vectors of
 *   four output channels. Lines and taps are kernel rows and columns, or, to read tap by tap, all positions and 1.
 * Bindings: source read, packed read_write.
 * Workgroup: 64 × 1 × 1, one vector each.
 * Dispatch: dispatch1d(count, 64), count = group · panels · lines · steps · taps · depth · quads, depth being the channels
 *   of a step.
 * Spec: outType, how packed is stored; i8x4 when source is, too.
 * Limits: none.
 */
import { isPacked, type Storage } from '../../src/core/storage.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { INT8_WEIGHTS, loadWeights } from '../lib/weights.ts';
import { elementOf } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const IMPLICIT_PACK_WORKGROUP = 64;

export interface ConvImplicitPackSpec {
  readonly outType: Storage;
}

export function convImplicitPackShader({ outType }: ConvImplicitPackSpec): ShaderModule {
  const element = elementOf({ storage: outType, width: 4 });
  const bytes = isPacked(outType);
  return shaderModule({
    bindings: [
      { name: 'source', access: 'read', element: bytes ? 'u32' : 'f32' },
      { name: 'packed', access: 'read_write', element },
    ],
    params: {
      count: 'u32',
      panels: 'u32',
      lines: 'u32',
      steps: 'u32',
      taps: 'u32',
      depth: 'u32',
      quads: 'u32',
      group_in: 'u32',
      group_out: 'u32',
      out_c: 'u32',
    },
    workgroupSize: [IMPLICIT_PACK_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(IMPLICIT_PACK_WORKGROUP)}
  if (i >= params.count) { return; }
  var rest = i;
  let quad = rest % params.quads;
  rest /= params.quads;
  let in_step = rest % params.depth;
  rest /= params.depth;
  let tap = rest % params.taps;
  rest /= params.taps;
  let c = (rest % params.steps) * params.depth + in_step;
  rest /= params.steps;
  let line = rest % params.lines;
  rest /= params.lines;
  let group = rest / params.panels;
  let channel = ((rest - group * params.panels) * params.quads + quad) * 4u;
  let position = line * params.taps + tap;
  let first = (position * params.group_in + c) * params.out_c + group * params.group_out + channel;
  var v = vec4<f32>();
  for (var j = 0u; j < 4u; j++) {
    if (c < params.group_in && channel + j < params.group_out) { v[j] = ${bytes ? loadWeights(outType, 1, 'source', 'first + j') : 'source[first + j]'}; }
  }
  packed[i] = ${bytes ? INT8_WEIGHTS.get().pack('v') : `${element}(v)`};`,
  });
}
