/**
 * Results of a Winograd convolution: y = Aᵀ m A of each tile and output channel (Lavin & Gray, arXiv:1509.09308), and the
 * fused tail, for some of the tiles at a time.
 *
 * Layout: m[(point·tiles + tile − first)·quads + q], vectors of four output channels; tile (n·tiles_h + ty)·tiles_w + tx
 *   makes the outputs from row ty·outputs and column tx·outputs on, dilated as winograd-input.ts says; y and residual: row (n·out_h + oy)·out_w + ox, as
 *   placed; bias[channel].
 * Bindings: m read vec4<f32>, bias? read f32, residual? read, y read_write; residual and y are vec4 when outVector is 4.
 * Workgroup: 64 × 1 × 1; an invocation makes one tile × four channels.
 * Dispatch: dispatch1d(count, 64), count = tiles · quads.
 * Spec: outputs, 2 or 4, the side of the tile; dilated; outVector 4 when out_c % 4 = 0 and y is placed so; rolled, for software adapters:
 *   side, the extent of a tile, bounds the loops; epilogue.
 * Limits: no workgroup storage.
 */
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
import {
  apart,
  DILATED_TILE_PARAMS,
  fromPoints,
  LineQueue,
  names,
  SIDE_PARAM,
  TILE_PARAMS,
  TILE_POSITION,
  tileExtent,
  tileStart,
  type TileOutputs,
} from '../lib/winograd.ts';

/** Invocations per workgroup. */
export const WINOGRAD_OUTPUT_WORKGROUP = 64;

export interface ConvWinogradOutputSpec extends EpilogueSpec {
  readonly outputs: TileOutputs;
  readonly outVector: 1 | 4;
  readonly rolled: boolean;
  readonly dilated: boolean;
}

function store(c: number, dilated: boolean): string {
  const column = apart(u32(c), 'w', dilated);
  return `if (ox + ${column} < params.out_w) { finish(p${c} + start, row + ${column}, channel, lanes); }`;
}

/** Writes a row of the tile, `p0`…; rolled, in a loop: each copy of the epilogue takes lavapipe 40 ms to compile. */
function storeLine({ outputs, rolled, dilated }: ConvWinogradOutputSpec): string {
  const results = range(outputs);
  if (!rolled) return results.map((c) => store(c, dilated)).join('\n    ');
  // A phase may have no outputs in a tile that others have.
  const end = dilated
    ? '(max(params.out_w, ox) - ox + params.dilation_w - 1u) / params.dilation_w'
    : 'params.out_w - ox';
  return `var line = array<vec4<f32>, ${u32(outputs)}>(${names('p', results).join(', ')});
    for (var k = 0u; k < min(params.side - 2u, ${end}); k++) {
      finish(line[k] + start, row + ${apart('k', 'w', dilated)}, channel, lanes);
    }`;
}

export function convWinogradOutputShader(spec: ConvWinogradOutputSpec): ShaderModule {
  const { outputs, outVector, rolled, dilated } = spec;
  const side = range(tileExtent(outputs));
  const results = range(outputs);
  const loads = side.map((r) => `let m${r} = m[at + ${u32(r * side.length)} * step];`);
  const queue = new LineQueue(side.length, outputs);
  return shaderModule({
    bindings: [
      { name: 'm', access: 'read', element: 'vec4<f32>' },
      ...epilogueBindings(spec, outVector),
      outputBinding(spec, outVector),
    ],
    params: {
      ...TILE_PARAMS,
      ...SIDE_PARAM,
      ...(dilated ? DILATED_TILE_PARAMS : {}),
      out_h: 'u32',
      out_w: 'u32',
      out_c: 'u32',
      quads: 'u32',
      ...epilogueParams(spec),
    },
    workgroupSize: [WINOGRAD_OUTPUT_WORKGROUP, 1, 1],
    declarations: finishFunction(spec, outVector),
    body: wgsl`
  ${linearIndex(WINOGRAD_OUTPUT_WORKGROUP)}
  if (i >= params.count) { return; }
  let tile = i / params.quads;
  let q = i - tile * params.quads;
  let channel = q * 4u;
  let lanes = min(4u, params.out_c - channel);
  ${TILE_POSITION}
  let oy = ${tileStart('ty', 'h', outputs, dilated)};
  let ox = ${tileStart('tx', 'w', outputs, dilated)};
  let step = params.tiles * params.quads;
#if ${spec.bias}
  let start = ${biasVector('channel')};
#else
  let start = vec4<f32>();
#endif
  ${queue.declarations}
  var at = tile * params.quads + q;
  for (var c = 0u; c < ${rolled ? 'params.side' : u32(side.length)}; c++) {
    ${loads.join('\n    ')}
  ${fromPoints(outputs, names('m', side), 'p')}
    ${queue.push(names('p', results))}
    at += step;
  }
  for (var r = 0u; r < ${rolled ? 'params.side - 2u' : u32(outputs)}; r++) {
    if (oy + ${apart('r', 'h', dilated)} >= params.out_h) { break; }
  ${fromPoints(outputs, queue.heads, 'p')}
    let row = (n * params.out_h + oy + ${apart('r', 'h', dilated)}) * params.out_w + ox;
    ${storeLine(spec)}
    ${queue.advance}
  }`,
  });
}
