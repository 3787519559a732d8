/**
 * The weights of a transposed convolution phase by phase (lib/phases.ts), padded with zeros to quads of input and of output
 * channels. Run once, when the plan is loaded.
 *
 * Layout: source[((kz·KH + ky)·KW + kx)·group_in + c)·out_c + m]; packed[group][phase][k][quad], vectors of four output channels,
 *   k = ((tz·taps_y + ty)·taps_x + tx)·depth + c over the taps that the phase has; what is left of its `rows` is zero.
 * Bindings: source read, packed read_write.
 * Workgroup: 64 × 1 × 1, one vector each.
 * Dispatch: dispatch1d(count, 64), count = group · phases · rows · quads.
 * Spec: outType, how packed is stored.
 * Limits: none.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { PHASE_PARAMS, phaseOf } from '../lib/phases.ts';

/** Invocations per workgroup. */
export const TRANSPOSED_PACK_WORKGROUP = 64;

export interface ConvTransposedPackSpec {
  readonly outType: FloatStorage;
}

export function convTransposedPackShader({ outType }: ConvTransposedPackSpec): ShaderModule {
  const element = vectorType(outType, 4);
  return shaderModule({
    bindings: [
      { name: 'source', access: 'read', element: 'f32' },
      { name: 'packed', access: 'read_write', element },
    ],
    params: {
      count: 'u32',
      ...PHASE_PARAMS,
      phases: 'u32',
      rows: 'u32',
      depth: 'u32',
      quads: 'u32',
      group_in: 'u32',
      group_out: 'u32',
      out_c: 'u32',
    },
    workgroupSize: [TRANSPOSED_PACK_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(TRANSPOSED_PACK_WORKGROUP)}
  if (i >= params.count) { return; }
  let channel = i % params.quads * 4u;
  let k = i / params.quads % params.rows;
  let panel = i / (params.quads * params.rows);
  let group = panel / params.phases;
  let phase = panel - group * params.phases;
${phaseOf('phase')}
  let tap = k / params.depth;
  let c = k - tap * params.depth;
  var v = vec4<f32>();
  if (tap < taps_x * taps_y * taps_z && c < params.group_in) {
    let line = tap / taps_x;
    let plane = line / taps_y;
    let kx = first_x + (tap - line * taps_x) * params.step_w;
    let ky = first_y + (line - plane * taps_y) * params.step_h;
    let kz = first_z + plane * params.step_d;
    let position = (kz * params.kernel_h + ky) * params.kernel_w + kx;
    let at = (position * params.group_in + c) * params.out_c + group * params.group_out + channel;
    for (var j = 0u; j < min(4u, params.group_out - channel); j++) { v[j] = source[at + j]; }
  }
  packed[i] = ${element}(v);`,
  });
}
