/**
 * Depthwise transposed convolution, phase by phase (lib/phases.ts): each invocation sums a strip of `pixels` outputs of a phase,
 * which are a stride apart, of one channel or of four neighbouring ones.
 *
 * Layout: x[x_offset + (((n·in_d + iz)·in_h + iy)·in_w + ix)·x_pitch + c], w[((kz·KH + ky)·KW + kx)·out_c + c]; y: row
 *   ((n·out_d + oz)·out_h + oy)·out_w + ox, channel c, as placed; bias[c].
 * Bindings: x read, w read, bias? read f32, y read_write; all but bias vec4 when width is 4.
 * Workgroup: 64 × 1 × 1; an invocation makes a strip.
 * Dispatch: [⌈lanes / 64⌉, 1, phases], lanes = N · extents of the largest phase, along a row in strips, · out_c / width, which
 *   vary fastest.
 * Spec: pixels; width 4 where all operands are placed for vectors; slides: shift_w is 1, so that a tap sees what the one before
 *   saw, but for a column; xType, wType f32 or f16; epilogue.
 * Limits: no workgroup storage.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import {
  biasVector,
  epilogueBindings,
  epilogueParams,
  finishFunction,
  outputBinding,
  type EpilogueSpec,
} from '../lib/epilogue.ts';
import { lines } from '../lib/implicit.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { PHASE_PARAMS, phaseExtents, phaseOf, phaseRow } from '../lib/phases.ts';
import { X_PARAMS } from '../lib/window.ts';

/** Invocations per workgroup. */
export const TRANSPOSED_DEPTHWISE_WORKGROUP = 64;

export interface ConvTransposedDepthwiseSpec extends EpilogueSpec {
  readonly pixels: number;
  readonly width: 1 | 4;
  readonly slides: boolean;
  readonly xType: FloatStorage;
  readonly wType: FloatStorage;
}

/** The input that pixel `p` of a strip sees at tap `tx` (an expression). */
function load(p: number, tx: string): string {
  return `load_x(line, qx + ${u32(p)} + origin_x - ${tx} * params.shift_w)`;
}

/** The products of one kernel row. Where strips slide, pixel p sees what p - 1 saw at the tap before. */
function row({ pixels, width, slides }: ConvTransposedDepthwiseSpec): string {
  const type = vectorType('f32', width);
  const last = pixels - 1;
  const before = lines(last, (p) => `      var x${p} = ${load(p + 1, '0u')};`);
  const shift = lines(last, (j) => `        x${last - j} = x${last - j - 1};`);
  const sliding = `${shift}\n        x0 = ${load(0, 'tx')};`;
  return `${slides ? `${before}\n      var x${last} = ${type}();` : ''}
      var w_at = ((kz * params.kernel_h + ky) * params.kernel_w + first_x) * params.blocks + block;
      for (var tx = 0u; tx < taps_x; tx++) {
        let v = ${type}(w[w_at]);
${slides ? sliding : lines(pixels, (p) => `        let x${p} = ${load(p, 'tx')};`)}
${lines(pixels, (p) => `        sum${p} += x${p} * v;`)}
        w_at += params.step_w * params.blocks;
      }`;
}

export function convTransposedDepthwiseShader(spec: ConvTransposedDepthwiseSpec): ShaderModule {
  const { pixels, width, xType, wType } = spec;
  const type = vectorType('f32', width);
  const sum = (p: number): string => (width === 4 ? `sum${p}` : `vec4<f32>(sum${p}, 0.0, 0.0, 0.0)`);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(xType, width) },
      { name: 'w', access: 'read', element: vectorType(wType, width) },
      ...epilogueBindings(spec, width),
      outputBinding(spec, width),
    ],
    params: { ...PHASE_PARAMS, ...X_PARAMS, batch: 'u32', blocks: 'u32', ...epilogueParams(spec) },
    workgroupSize: [TRANSPOSED_DEPTHWISE_WORKGROUP, 1, 1],
    declarations: `fn load_x(line: u32, ix: u32) -> ${type} {
  let at = (params.x_pitch / ${u32(width)}) * min(ix, params.in_w - 1u) + line;
  return select(${type}(), ${type}(x[at]), ix < params.in_w);
}
${finishFunction(spec, width)}`,
    body: wgsl`
${phaseOf('wid.z')}
${phaseExtents()}
  let i = wid.x * ${u32(TRANSPOSED_DEPTHWISE_WORKGROUP)} + local_index;
  let strips = (extent_x + ${u32(pixels - 1)}) / ${u32(pixels)};
  if (i >= params.batch * extent_z * extent_y * strips * params.blocks) { return; }
  let strip = i / params.blocks;
  let block = i - strip * params.blocks;
  let q_line = strip / strips;
  let qx = (strip - q_line * strips) * ${u32(pixels)};
  let q_plane = q_line / extent_y;
  let qy = q_line - q_plane * extent_y;
  let n = q_plane / extent_z;
  let qz = q_plane - n * extent_z;
#if ${spec.bias && width === 4}
  let start = ${biasVector('block * 4u')};
#elif ${spec.bias}
  let start = bias[block];
#else
  let start = ${type}();
#endif
${lines(pixels, (p) => `  var sum${p} = start;`)}
  for (var tz = 0u; tz < taps_z; tz++) {
    let kz = first_z + tz * params.step_d;
    let iz = qz + origin_z - tz * params.shift_d;
    if (iz >= params.in_d) { continue; }
    for (var ty = 0u; ty < taps_y; ty++) {
      let ky = first_y + ty * params.step_h;
      let iy = qy + origin_y - ty * params.shift_h;
      if (iy >= params.in_h) { continue; }
      let line = (params.x_offset + ((n * params.in_d + iz) * params.in_h + iy) * params.in_w * params.x_pitch) / ${u32(width)} + block;
${row(spec)}
    }
  }
  let first_row = ${phaseRow('')};
${lines(pixels, (p) => `  if (qx + ${u32(p)} < extent_x) { finish(${sum(p)}, first_row + ${u32(p)} * params.stride_w, block * ${u32(width)}, 1u); }`)}`,
  });
}
