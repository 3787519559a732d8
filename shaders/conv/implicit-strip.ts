/**
 * Convolution as an implicit matrix product, in registers: each invocation sums `pixels` neighbouring output pixels ×
 * `quads` quads of output channels. An input column that several of the strip's pixels see is loaded once.
 *
 * Layout: x[x_offset + ((n·in_h + iy)·in_w + ix)·x_pitch + c], w as shaders/conv/implicit-pack.ts makes it (lines are kernel
 *   rows, taps columns), in panels of `quads` with subgroups, else in one panel of row_quads;
 *   y and residual: row (n·out_h + oy)·out_w + ox, channel m, as placed; bias[m].
 * Bindings: x read, w read, bias? read f32, residual? read, y read_write; w is vec4, x too but for `scalars`, residual and
 *   y when outVector is 4.
 * Workgroup: size × 1 × 1. With subgroups it is one of them: lanes are strips that share their weights, of which each
 *   lane loads a part and passes it round. Without, neighbours are blocks of output channels.
 * Dispatch: with subgroups [group · blocks, ⌈strips / size⌉, 1], strips of all rows; else dispatch1d(group · blocks · strips, size).
 * Spec: window (but for the kernel height); pixels, quads; input, see lib/strip.ts;
 *   subgroups; size; outVector; xType f32 or f16; wType these or i8x4; epilogue; rolled, for software adapters: sums, how many an
 *   invocation has, bounds the loop that writes them, which Mesa would unroll.
 * Limits: no workgroup storage.
 */
import type { FloatStorage, Storage } from '../../src/core/storage.ts';
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
import { declareBiasedSums, lines, sumName, sumNames } from '../lib/implicit.ts';
import { columnOf, columnScalar, declareColumns, loadColumns, stripDepth, type StripSpec } from '../lib/strip.ts';
import { inputRow, WINDOW_PARAMS, X_PARAMS } from '../lib/window.ts';
import { loadWeights } from '../lib/weights.ts';

export interface ConvImplicitStripSpec extends EpilogueSpec, StripSpec {
  readonly quads: number;
  readonly subgroups: boolean;
  readonly rolled: boolean;
  readonly size: number;
  readonly outVector: 1 | 4;
  readonly xType: FloatStorage;
  readonly wType: Storage;
}

/** Vector `q` of row `row` of a step's weights. */
function weight({ quads, subgroups, size, wType }: ConvImplicitStripSpec, row: number, q: number): string {
  if (!subgroups) return loadWeights(wType, 4, 'w', `w_at + ${u32(row)} * params.row_quads + ${u32(q)}`);
  const i = row * quads + q;
  return `subgroupBroadcast(part${Math.floor(i / size)}, ${u32(i % size)})`;
}

/** What each lane loads of a step's weights, `count` vectors in all. */
function loadParts({ subgroups, size, wType }: ConvImplicitStripSpec, count: number): string {
  if (!subgroups) return '';
  const load = (i: number): string => loadWeights(wType, 4, 'w', `w_at + lane + ${u32(i * size)}`);
  return lines(Math.ceil(count / size), (i) => `      let part${i} = ${load(i)};`);
}

/** The weights of a tap and a quad, and all products with them. */
function products(spec: ConvImplicitStripSpec, tap: number, q: number): string {
  const depth = stripDepth(spec.input);
  const load = (c: number): string => `      let w${tap}_${c}_${q} = ${weight(spec, tap * depth + c, q)};`;
  // What goes into one sum is next to each other, so that the sum stays in a register.
  const pixel = (p: number): string =>
    lines(depth, (c) => {
      const x = columnScalar(spec, columnOf(spec, p, tap), c);
      return `      ${sumName(p, q)} = fma(vec4<f32>(${x}), w${tap}_${c}_${q}, ${sumName(p, q)});`;
    });
  return `${lines(depth, load)}\n${lines(spec.pixels, pixel)}`;
}

/** Loads and products of one step. */
function step(spec: ConvImplicitStripSpec): string {
  const { window, quads, input, subgroups } = spec;
  const taps = window.kernel[1];
  const rows = taps * stripDepth(input);
  return `${loadParts(spec, rows * quads)}
${loadColumns(spec)}
${lines(taps, (tap) => lines(quads, (q) => products(spec, tap, q)))}
      w_at += ${u32(rows)} * ${subgroups ? 'QUADS' : 'params.row_quads'};`;
}

/** Declares `block` (of all groups) and `strip`. */
function position({ subgroups, size }: ConvImplicitStripSpec): string {
  if (subgroups) {
    return `let block = wid.x;
  let own_strip = wid.y * ${u32(size)} + lane;
  let strip = min(own_strip, params.count - 1u);
  var w_at = block * params.panel;`;
  }
  return `${linearIndex(size)}
  if (i >= params.count * params.columns) { return; }
  let strip = i / params.columns;
  let own_strip = strip;
  let block = i - strip * params.columns;
  var w_at = block / params.blocks * params.panel + block % params.blocks * QUADS;`;
}

/** Writes the sums, in a loop: the code of one epilogue for each takes long to compile. */
function tail({ pixels, quads, rolled }: ConvImplicitStripSpec): string {
  return `  if (own_strip < params.count) {
    var sums = array<vec4<f32>, ${u32(pixels * quads)}>(${sumNames(pixels, quads)});
    for (var s = 0u; s < ${rolled ? 'params.sums' : u32(pixels * quads)}; s++) {
      let pixel = ox + s / QUADS;
      let channel = first + s % QUADS * 4u;
      if (pixel < params.out_w && channel < params.group_out) {
        finish(sums[s], strip_row * params.out_w + pixel, group * params.group_out + channel, min(4u, params.group_out - channel));
      }
    }
  }`;
}

export function convImplicitStripShader(spec: ConvImplicitStripSpec): ShaderModule {
  const { window, pixels, quads, input, outVector, size, subgroups } = spec;
  const bias = (q: number): string =>
    `  let bias${q} = ${spec.bias ? biasVector(`group * params.group_out + first + ${u32(4 * q)}`) : 'vec4<f32>()'};`;
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(spec.xType, input === 'scalars' ? 1 : 4) },
      { name: 'w', access: 'read', element: elementOf({ storage: spec.wType, width: 4 }) },
      ...epilogueBindings(spec, outVector),
      outputBinding(spec, outVector),
    ],
    params: {
      ...WINDOW_PARAMS,
      ...X_PARAMS,
      count: 'u32',
      strips: 'u32',
      blocks: 'u32',
      columns: 'u32',
      group_in: 'u32',
      group_out: 'u32',
      kernel_h: 'u32',
      steps: 'u32',
      panel: 'u32',
      row_quads: 'u32',
      ...(spec.rolled ? ({ sums: 'u32' } as const) : {}),
      ...epilogueParams(spec),
    },
    workgroupSize: [size, 1, 1],
    subgroups,
    declarations: `const QUADS = ${u32(quads)};\n${finishFunction(spec, outVector)}`,
    body: wgsl`
  ${position(spec)}
  let group = block / params.blocks;
  let first = (block - group * params.blocks) * QUADS * 4u;
  let strip_row = strip / params.strips;
  let ox = (strip - strip_row * params.strips) * ${u32(pixels)};
  let n = strip_row / params.out_h;
  let oy = strip_row - n * params.out_h;
  let left = ox * ${u32(window.strides[1])} - params.pad_left;
  let image = params.x_offset + n * params.in_h * params.in_w * params.x_pitch + group * params.group_in;
${lines(quads, bias)}
${declareBiasedSums(pixels, quads)}
  for (var ky = 0u; ky < params.kernel_h; ky++) {
    let iy = ${inputRow(window)};
    let line_inside = iy < params.in_h;
    let line_at = image + iy * params.in_w * params.x_pitch;
${declareColumns(spec)}
    for (var c = 0u; c < params.steps; c++) {
${step(spec)}
    }
  }
${tail(spec)}`,
  });
}
