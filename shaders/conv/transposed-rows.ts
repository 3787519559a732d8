/**
 * Transposed convolution, phase by phase (lib/phases.ts), in registers: each invocation sums `pixels` output pixels of a phase ×
 * `quads` quads of output channels. With subgroups its lanes have neighbouring pixels, and share the weights, of which
 * each loads a part and passes it round: for results of few channels. Without, neighbours are blocks of channels.
 *
 * Layout: x[x_offset + (((n·in_d + iz)·in_h + iy)·in_w + ix)·x_pitch + c], w as shaders/conv/transposed-pack.ts makes it; y: row
 *   ((n·out_d + oz)·out_h + oy)·out_w + ox, channel m, as placed; bias[m].
 * Bindings: x read, w read, bias? read f32, y read_write; x is vec4 when inVector is 4, w always, y when outVector is 4.
 * Workgroup: size × 1 × 1; with subgroups one of them.
 * Dispatch: [group · blocks, ⌈N · pixels of the largest phase / (pixels · size)⌉, phases], a block being quads quads; without
 *   subgroups [⌈group · blocks · ⌈N · pixels of the largest phase / pixels⌉ / size⌉, 1, phases].
 * Spec: pixels, quads, subgroups, size; inVector 4 when group_in % 4 = 0 and x is placed so; outVector; xType, wType f32 or
 *   f16; epilogue.
 * Limits: no workgroup storage.
 */
import { biasVector, epilogueBindings, epilogueParams, finishFunction, outputBinding } from '../lib/epilogue.ts';
import { addQuad, lines, sumName } from '../lib/implicit.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { phaseExtents, phaseOf, phasePixel, phaseRow } from '../lib/phases.ts';
import { loadFunction, overTransposedTaps, TRANSPOSED_PARAMS, type ConvTransposedSpec } from './transposed-columns.ts';

export interface ConvTransposedRowsSpec extends ConvTransposedSpec {
  readonly pixels: number;
  readonly quads: number;
  readonly subgroups: boolean;
  readonly size: number;
}

/** Declares `group`, `first` (the quad), and `pixel<p>` and their places. */
function position({ pixels, quads, subgroups, size }: ConvTransposedRowsSpec): string {
  const place = (p: number): string => {
    const pixel = subgroups ? `first_pixel + lane + ${u32(p * size)}` : `first_pixel + ${u32(p)}`;
    return `  let pixel${p} = min(${pixel}, count - 1u);
  let exists${p} = ${pixel} < count;
${phasePixel(`pixel${p}`, p)}
  let image${p} = params.x_offset + group * params.group_in;`;
  };
  const begin = subgroups
    ? `  let block = wid.x;
  let first_pixel = wid.y * ${u32(pixels * size)};`
    : `  let i = wid.x * ${u32(size)} + local_index;
  let run = i / params.columns;
  let block = i - run * params.columns;
  let first_pixel = run * ${u32(pixels)};`;
  return `${begin}
  if (first_pixel >= count) { return; }
  let group = block / params.blocks;
  let first = (block - group * params.blocks) * ${u32(quads)};
${lines(pixels, place)}`;
}

/** Vector `q` of row `d` of a step's weights: loaded, or passed round. */
function weight({ quads, subgroups, size }: ConvTransposedRowsSpec, d: number, q: number): string {
  const i = d * quads + q;
  if (subgroups) return `subgroupBroadcast(shared${Math.floor(i / size)}, ${u32(i % size)})`;
  return `vec4<f32>(w[w_at + ${u32(d)} * params.row_quads + quad${q}])`;
}

/** A vector of weights that a lane loads for all. */
function share(i: number): string {
  return `        let shared${i} = vec4<f32>(w[w_at + share${i}]);`;
}

/** Loads and products of four channels. */
function step(spec: ConvTransposedRowsSpec): string {
  const { pixels, quads, subgroups, size } = spec;
  const load = (q: number): string => lines(4, (d) => `        let w${d}_${q} = ${weight(spec, d, q)};`);
  const pixel = (p: number): string =>
    `        let x${p} = load_x(at${p}, c, inside${p});\n${lines(quads, (q) => addQuad(p, q))}`;
  return `${subgroups ? lines(Math.ceil((4 * quads) / size), share) : ''}
${lines(quads, load)}
${lines(pixels, pixel)}
        w_at += 4u * params.row_quads;`;
}

/** Which vector of a step each lane loads, or which quad of a row an invocation has; the last where there are no more. */
function places({ quads, subgroups, size }: ConvTransposedRowsSpec): string {
  if (!subgroups) return lines(quads, (q) => `  let quad${q} = min(first + ${u32(q)}, params.row_quads - 1u);`);
  return lines(Math.ceil((4 * quads) / size), (i) => {
    const vector = `min(lane + ${u32(i * size)}, ${u32(4 * quads - 1)})`;
    return `  let vector${i} = ${vector};
  let share${i} = vector${i} / ${u32(quads)} * params.row_quads + min(first + vector${i} % ${u32(quads)}, params.row_quads - 1u);`;
  });
}

function tail(p: number, q: number): string {
  return `  if (exists${p} & ((first + ${u32(q)}) * 4u < params.group_out)) {
    let channel = (first + ${u32(q)}) * 4u;
    finish(${sumName(p, q)}, ${phaseRow(p)}, group * params.group_out + channel, min(4u, params.group_out - channel));
  }`;
}

export function convTransposedRowsShader(spec: ConvTransposedRowsSpec): ShaderModule {
  const { pixels, quads, inVector, outVector, size, subgroups } = spec;
  const bias = (q: number): string =>
    `  let bias${q} = ${spec.bias ? biasVector(`group * params.group_out + (first + ${u32(q)}) * 4u`) : 'vec4<f32>()'};`;
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(spec.xType, inVector) },
      { name: 'w', access: 'read', element: vectorType(spec.wType, 4) },
      ...epilogueBindings(spec, outVector),
      outputBinding(spec, outVector),
    ],
    params: { ...TRANSPOSED_PARAMS, blocks: 'u32', columns: 'u32', ...epilogueParams(spec) },
    workgroupSize: [size, 1, 1],
    subgroups,
    declarations: `${loadFunction(spec)}\n${finishFunction(spec, outVector)}`,
    body: wgsl`
${phaseOf('wid.z')}
${phaseExtents()}
  let count = params.batch * extent_z * extent_y * extent_x;
${position(spec)}
${places(spec)}
  var w_at = (group * params.phases + wid.z) * params.rows * params.row_quads;
${lines(quads, bias)}
${lines(pixels, (p) => lines(quads, (q) => `  var ${sumName(p, q)} = bias${q};`))}
${overTransposedTaps(pixels, step(spec))}
${lines(pixels, (p) => lines(quads, (q) => tail(p, q)))}`,
  });
}
