/**
 * Results of a transposed convolution from the products of every input pixel with every kernel element, which a matrix product made:
 * each output adds up those of its phase (lib/phases.ts), and the fused tail follows.
 *
 * Layout: columns[(pixel·taps + tap)·quads + q], vectors of four output channels, pixel ((n·in_d + iz)·in_h + iy)·in_w + ix, tap
 *   (kz·kernel_h + ky)·kernel_w + kx; y: row ((n·out_d + oz)·out_h + oy)·out_w + ox, channel m, as placed; bias[m].
 * Bindings: columns read vec4<f32>, bias? read f32, y read_write, vec4 when outVector is 4.
 * Workgroup: 64 × 1 × 1; an invocation makes four channels of a pixel.
 * Dispatch: [⌈N · pixels of the largest phase · quads / 64⌉, 1, phases].
 * Spec: outVector 4 when out_c % 4 = 0 and y is placed so; epilogue.
 * Limits: no workgroup storage.
 */
import {
  biasVector,
  epilogueBindings,
  epilogueParams,
  finishFunction,
  outputBinding,
  type EpilogueSpec,
} from '../lib/epilogue.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { PHASE_PARAMS, phaseExtents, phaseOf, phasePixel, phaseRow, phaseSees } from '../lib/phases.ts';

/** Invocations per workgroup. */
export const TRANSPOSED_FOLD_WORKGROUP = 64;

export interface ConvTransposedFoldSpec extends EpilogueSpec {
  readonly outVector: 1 | 4;
}

export function convTransposedFoldShader(spec: ConvTransposedFoldSpec): ShaderModule {
  const { outVector } = spec;
  return shaderModule({
    bindings: [
      { name: 'columns', access: 'read', element: 'vec4<f32>' },
      ...epilogueBindings(spec, outVector),
      outputBinding(spec, outVector),
    ],
    params: { ...PHASE_PARAMS, batch: 'u32', taps: 'u32', quads: 'u32', out_c: 'u32', ...epilogueParams(spec) },
    workgroupSize: [TRANSPOSED_FOLD_WORKGROUP, 1, 1],
    declarations: finishFunction(spec, outVector),
    body: wgsl`
${phaseOf('wid.z')}
${phaseExtents()}
  let i = wid.x * ${u32(TRANSPOSED_FOLD_WORKGROUP)} + local_index;
  if (i >= params.batch * extent_z * extent_y * extent_x * params.quads) { return; }
  let pixel = i / params.quads;
  let q = i - pixel * params.quads;
  let channel = q * 4u;
${phasePixel('pixel', '')}
#if ${spec.bias}
  var sum = ${biasVector('channel')};
#else
  var sum = vec4<f32>();
#endif
  for (var tz = 0u; tz < taps_z; tz++) {
    for (var ty = 0u; ty < taps_y; ty++) {
      var tap = ((first_z + tz * params.step_d) * params.kernel_h + first_y + ty * params.step_h) * params.kernel_w + first_x;
      for (var tx = 0u; tx < taps_x; tx++) {
${phaseSees('')}
        let seen = ((n * params.in_d + iz) * params.in_h + iy) * params.in_w + ix;
        sum += select(vec4<f32>(), columns[(seen * params.taps + tap) * params.quads + q], inside);
        tap += params.step_w;
      }
    }
  }
  finish(sum, ${phaseRow('')}, channel, min(4u, params.out_c - channel));`,
  });
}
