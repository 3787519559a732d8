/**
 * Convolution as an implicit matrix product by subgroups: each lane sums `pixels` output pixels × its own `quads` quads of
 * output channels. All lanes need the same input: each loads a part of it, one vector of four channels, and passes it
 * round. One pipeline serves every window.
 *
 * Layout: x[x_offset + ((n·in_h + iy)·in_w + ix)·x_pitch + c], w as shaders/conv/implicit-pack.ts makes it (tap by tap, one
 *   panel of row_quads a group); y and residual: row (n·out_h + oy)·out_w + ox, channel m, as placed; bias[m].
 * Bindings: x read, w read, bias? read f32, residual? read, y read_write; x and w are vec4, residual and y when outVector is 4.
 * Workgroup: one subgroup; lane l has the quads l, l + size, … of a block.
 * Dispatch: [group · blocks, ⌈N · out_h · out_w / pixels⌉, 1], a block being quads · size quads.
 * Spec: pixels, quads; size (of a subgroup, as the device has it); outVector; xType f32 or f16; wType these or i8x4; epilogue.
 * Limits: no workgroup storage; needs the feature subgroups, and one size of subgroup.
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
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { elementOf, vectorType } from '../lib/numbers.ts';
import { addQuad, lines, sumName } from '../lib/implicit.ts';
import { WINDOW_PARAMS, WINDOW_SHAPE_PARAMS, X_PARAMS } from '../lib/window.ts';
import { loadWeights } from '../lib/weights.ts';

export interface ConvImplicitColumnsSpec extends EpilogueSpec {
  readonly pixels: number;
  readonly quads: number;
  readonly size: number;
  readonly outVector: 1 | 4;
  readonly xType: FloatStorage;
  readonly wType: Storage;
}

/** Where the window of a lane's share of the pixels starts. */
function share({ size }: ConvImplicitColumnsSpec, i: number): string {
  return `  let pixel${i} = min(first_pixel + lane + ${u32(i * size)}, params.count - 1u);
  let out_line${i} = pixel${i} / params.out_w;
  let n${i} = out_line${i} / params.out_h;
  let top${i} = (out_line${i} - n${i} * params.out_h) * params.stride_h - params.pad_top;
  let left${i} = (pixel${i} - out_line${i} * params.out_w) * params.stride_w - params.pad_left;
  let image${i} = params.x_offset + n${i} * params.in_h * params.in_w * params.x_pitch + group * params.group_in;`;
}

/** What it sees at one position of the kernel. */
function tap(i: number): string {
  return `      let iy${i} = top${i} + ky * params.dilation_h;
      let ix${i} = left${i} + kx * params.dilation_w;
      let inside${i} = (iy${i} < params.in_h) & (ix${i} < params.in_w);
      let at${i} = (image${i} + (iy${i} * params.in_w + ix${i}) * params.x_pitch) / 4u;`;
}

function loadX(i: number): string {
  return `        let part${i} = select(vec4<f32>(), vec4<f32>(x[at${i} + c]), inside${i});`;
}

function loadW({ wType }: ConvImplicitColumnsSpec, q: number): string {
  const load = (d: number): string => loadWeights(wType, 4, 'w', `w_at${q} + ${u32(d)} * params.row_quads`);
  return lines(4, (d) => `        let w${d}_${q} = ${load(d)};`);
}

/** Loads and products of four channels. */
function step(spec: ConvImplicitColumnsSpec): string {
  const { pixels, quads, size } = spec;
  const pixel = (p: number): string =>
    `        let x${p} = subgroupBroadcast(part${Math.floor(p / size)}, ${u32(p % size)});\n${lines(quads, (q) => addQuad(p, q))}`;
  return `${lines(Math.ceil(pixels / size), loadX)}
${lines(quads, (q) => loadW(spec, q))}
${lines(pixels, pixel)}
${lines(quads, (q) => `        w_at${q} += 4u * params.row_quads;`)}`;
}

/**
 * Writes the sums of a quad, in a loop: the code of one epilogue for each pixel takes long to compile. It ends at a
 * parameter, since Mesa unrolls what ends at a constant.
 */
function tail({ pixels }: ConvImplicitColumnsSpec, q: number): string {
  return `  if (first${q} < params.group_out) {
    var sums${q} = array<vec4<f32>, ${u32(pixels)}>(${range(pixels)
      .map((p) => sumName(p, q))
      .join(', ')});
    let lanes${q} = min(4u, params.group_out - first${q});
    for (var s = 0u; s < min(params.tile_pixels, params.count - first_pixel); s++) {
      finish(sums${q}[s], first_pixel + s, group * params.group_out + first${q}, lanes${q});
    }
  }`;
}

export function convImplicitColumnsShader(spec: ConvImplicitColumnsSpec): ShaderModule {
  const { pixels, quads, outVector, size } = spec;
  const shares = Math.ceil(pixels / size);
  const bias = (q: number): string =>
    `  let bias${q} = ${spec.bias ? biasVector(`group * params.group_out + first${q}`) : 'vec4<f32>()'};`;
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(spec.xType, 4) },
      { name: 'w', access: 'read', element: elementOf({ storage: spec.wType, width: 4 }) },
      ...epilogueBindings(spec, outVector),
      outputBinding(spec, outVector),
    ],
    params: {
      ...WINDOW_PARAMS,
      ...WINDOW_SHAPE_PARAMS,
      ...X_PARAMS,
      count: 'u32',
      blocks: 'u32',
      group_in: 'u32',
      group_out: 'u32',
      panel: 'u32',
      row_quads: 'u32',
      tile_pixels: 'u32',
      ...epilogueParams(spec),
    },
    workgroupSize: [size, 1, 1],
    subgroups: true,
    declarations: finishFunction(spec, outVector),
    body: wgsl`
  let group = wid.x / params.blocks;
  let block = wid.x - group * params.blocks;
  let first_pixel = wid.y * ${u32(pixels)};
${lines(quads, (q) => `  let first${q} = (block * ${u32(quads * size)} + ${u32(q * size)} + lane) * 4u;`)}
${lines(shares, (i) => share(spec, i))}
${lines(quads, (q) => `  var w_at${q} = group * params.panel + min(first${q} / 4u, params.row_quads - 1u);`)}
${lines(quads, bias)}
${lines(pixels, (p) => lines(quads, (q) => `  var ${sumName(p, q)} = bias${q};`))}
  for (var ky = 0u; ky < params.kernel_h; ky++) {
    for (var kx = 0u; kx < params.kernel_w; kx++) {
${lines(shares, tap)}
      for (var c = 0u; c < params.group_in / 4u; c++) {
${step(spec)}
      }
    }
  }
${lines(quads, (q) => tail(spec, q))}`,
  });
}
