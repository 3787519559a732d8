/**
 * Transposed convolution, phase by phase (lib/phases.ts), as an implicit matrix product by subgroups: each lane sums `pixels`
 * output pixels of a phase × its own `quads` quads of output channels. All lanes need the same input: each loads a part of
 * it, one vector of four channels, and passes it round. One pipeline serves every window of up to three dimensions.
 *
 * Layout: x[x_offset + (((n·in_d + iz)·in_h + iy)·in_w + ix)·x_pitch + c], w as shaders/conv/transposed-pack.ts makes it; y: row
 *   ((n·out_d + oz)·out_h + oy)·out_w + ox, channel m, as placed; bias[m].
 * Bindings: x read, w read, bias? read f32, y read_write; x is vec4 when inVector is 4, w always, y when outVector is 4.
 * Workgroup: one subgroup; lane l has the quads l, l + size, … of a block.
 * Dispatch: [group · blocks, ⌈N · pixels of the largest phase / pixels⌉, phases], a block being quads · size quads.
 * Spec: pixels, quads; size (of a subgroup, as the device has it); inVector 4 when group_in % 4 = 0 and x is placed so;
 *   outVector; xType, wType f32 or f16; epilogue.
 * Limits: no workgroup storage; needs the feature subgroups, and one size of subgroup.
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
import { addQuad, lines, sumName } from '../lib/implicit.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { PHASE_PARAMS, phaseExtents, phaseOf, phasePixel, phaseRow, phaseSees } from '../lib/phases.ts';
import { X_PARAMS } from '../lib/window.ts';

/** What the kernels by phases have in common. */
export interface ConvTransposedSpec extends EpilogueSpec {
  readonly inVector: 1 | 4;
  readonly outVector: 1 | 4;
  readonly xType: FloatStorage;
  readonly wType: FloatStorage;
}

export interface ConvTransposedColumnsSpec extends ConvTransposedSpec {
  readonly pixels: number;
  readonly quads: number;
  readonly size: number;
}

/** Parameters that they have in common. */
export const TRANSPOSED_PARAMS = {
  ...PHASE_PARAMS,
  ...X_PARAMS,
  batch: 'u32',
  phases: 'u32',
  rows: 'u32',
  depth: 'u32',
  row_quads: 'u32',
  group_in: 'u32',
  group_out: 'u32',
} as const;

/** Declares `load_x`: four channels of a pixel from `c` on, the first of which is element `at`; zero past the group's end. */
export function loadFunction({ inVector }: Pick<ConvTransposedSpec, 'inVector'>): string {
  return wgsl`
fn load_x(at: u32, c: u32, inside: bool) -> vec4<f32> {
#if ${inVector === 4}
  return select(vec4<f32>(), vec4<f32>(x[(at + c) / 4u]), inside);
#else
  var v = vec4<f32>();
  for (var j = 0u; j < 4u; j++) {
    v[j] = select(0.0, f32(x[at + c + j]), inside && c + j < params.group_in);
  }
  return v;
#endif
}`;
}

/** Where the window of a lane's share of the pixels starts. */
function share({ size }: ConvTransposedColumnsSpec, i: number): string {
  return `  let pixel${i} = min(first_pixel + lane + ${u32(i * size)}, count - 1u);
${phasePixel(`pixel${i}`, i)}
  let image${i} = params.x_offset + group * params.group_in;`;
}

/** What it sees at one tap. */
function transposedTap(i: number): string {
  return `${phaseSees(i)}
      let at${i} = image${i} + (((n${i} * params.in_d + iz${i}) * params.in_h + iy${i}) * params.in_w + ix${i}) * params.x_pitch;`;
}

/** Goes through the taps of a phase, and at each through the channels four by four; `places` positions are looked up at a tap. */
export function overTransposedTaps(places: number, step: string): string {
  return `  for (var tz = 0u; tz < taps_z; tz++) {
    for (var ty = 0u; ty < taps_y; ty++) {
      for (var tx = 0u; tx < taps_x; tx++) {
${lines(places, transposedTap)}
        for (var c = 0u; c < params.depth; c += 4u) {
${step}
        }
      }
    }
  }`;
}

/** The weights of four channels and a quad. */
function loadW(q: number): string {
  return lines(4, (d) => `        let w${d}_${q} = vec4<f32>(w[w_at${q} + ${u32(d)} * params.row_quads]);`);
}

/** Loads and products of four channels. */
function step(spec: ConvTransposedColumnsSpec): string {
  const { pixels, quads, size } = spec;
  const pixel = (p: number): string =>
    `        let x${p} = subgroupBroadcast(part${Math.floor(p / size)}, ${u32(p % size)});\n${lines(quads, (q) => addQuad(p, q))}`;
  return `${lines(Math.ceil(pixels / size), (i) => `        let part${i} = load_x(at${i}, c, inside${i});`)}
${lines(quads, loadW)}
${lines(pixels, pixel)}
${lines(quads, (q) => `        w_at${q} += 4u * params.row_quads;`)}`;
}

/** Writes the sums of a quad in a loop that ends at a parameter, as shaders/conv/implicit-columns.ts does. */
function tail({ pixels }: ConvTransposedColumnsSpec, q: number): string {
  return `  if (first${q} < params.group_out) {
    var sums${q} = array<vec4<f32>, ${u32(pixels)}>(${range(pixels)
      .map((p) => sumName(p, q))
      .join(', ')});
    let lanes${q} = min(4u, params.group_out - first${q});
    var qx = qx_begin;
    var qy = qy_begin;
    var qz = qz_begin;
    var n = n_begin;
    for (var s = 0u; s < min(params.tile_pixels, count - first_pixel); s++) {
      finish(sums${q}[s], ${phaseRow('')}, group * params.group_out + first${q}, lanes${q});
      qx++;
      if (qx == extent_x) { qx = 0u; qy++; }
      if (qy == extent_y) { qy = 0u; qz++; }
      if (qz == extent_z) { qz = 0u; n++; }
    }
  }`;
}

export function convTransposedColumnsShader(spec: ConvTransposedColumnsSpec): ShaderModule {
  const { pixels, quads, inVector, outVector, size } = spec;
  const shares = Math.ceil(pixels / size);
  const bias = (q: number): string =>
    `  let bias${q} = ${spec.bias ? biasVector(`group * params.group_out + first${q}`) : 'vec4<f32>()'};`;
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(spec.xType, inVector) },
      { name: 'w', access: 'read', element: vectorType(spec.wType, 4) },
      ...epilogueBindings(spec, outVector),
      outputBinding(spec, outVector),
    ],
    params: { ...TRANSPOSED_PARAMS, blocks: 'u32', tile_pixels: 'u32', ...epilogueParams(spec) },
    workgroupSize: [size, 1, 1],
    subgroups: true,
    declarations: `${loadFunction(spec)}\n${finishFunction(spec, outVector)}`,
    body: wgsl`
  let group = wid.x / params.blocks;
  let block = wid.x - group * params.blocks;
  let first_pixel = wid.y * ${u32(pixels)};
${phaseOf('wid.z')}
${phaseExtents()}
  let count = params.batch * extent_z * extent_y * extent_x;
  if (first_pixel >= count) { return; }
${lines(quads, (q) => `  let first${q} = (block * ${u32(quads * size)} + ${u32(q * size)} + lane) * 4u;`)}
${phasePixel('first_pixel', '_begin')}
${lines(shares, (i) => share(spec, i))}
  let panel = (group * params.phases + wid.z) * params.rows * params.row_quads;
${lines(quads, (q) => `  var w_at${q} = panel + min(first${q} / 4u, params.row_quads - 1u);`)}
${lines(quads, bias)}
${lines(pixels, (p) => lines(quads, (q) => `  var ${sumName(p, q)} = bias${q};`))}
${overTransposedTaps(shares, step(spec))}
${lines(quads, (q) => tail(spec, q))}`,
  });
}
