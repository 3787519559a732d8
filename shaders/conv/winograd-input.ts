/**
 * Pixels of a Winograd convolution: v = Bᵀ x B of each tile and input channel (Lavin & Gray, arXiv:1509.09308), for some
 * of the tiles at a time.
 *
 * Layout: x[x_offset + ((n·in_h + iy)·in_w + ix)·x_pitch + c]; tile (n·tiles_h + ty)·tiles_w + tx makes the outputs from row
 *   ty·outputs and column tx·outputs on, dilated from row ty mod phases_h + ⌊ty / phases_h⌋·outputs·dilation_h, every
 *   dilation-th; v[(point·tiles + tile − first)·k_quads + k], vectors of four input channels,
 *   of which those that pad in_c to a multiple of 4 are 0.
 * Bindings: x read, vec4 when inVector is 4; v read_write vec4<f32>.
 * Workgroup: 64 × 1 × 1; an invocation transforms one tile × four channels.
 * Dispatch: dispatch1d(count, 64), count = tiles · k_quads.
 * Spec: outputs, 2 or 4, the side of the tile; dilated; inVector 4 when in_c % 4 = 0 and x is placed so; xType f32 or f16; rolled,
 *   for software adapters: side, the extent of a tile, bounds the loops.
 * Limits: no workgroup storage.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { WINDOW_PARAMS, X_PARAMS } from '../lib/window.ts';
import {
  apart,
  DILATED_TILE_PARAMS,
  LineQueue,
  names,
  pixelMatrix,
  SIDE_PARAM,
  TILE_PARAMS,
  TILE_POSITION,
  tileExtent,
  tileStart,
  toPoints,
  type TileOutputs,
} from '../lib/winograd.ts';

/** Invocations per workgroup. */
export const WINOGRAD_INPUT_WORKGROUP = 64;

export interface ConvWinogradInputSpec {
  readonly outputs: TileOutputs;
  readonly inVector: 1 | 4;
  readonly xType: FloatStorage;
  readonly rolled: boolean;
  readonly dilated: boolean;
}

/** Declares `pixel`: four channels of a row of x, zeros where there are none. */
function pixelFunction({ inVector }: ConvWinogradInputSpec): string {
  return wgsl`
fn pixel(row: u32, inside: bool, k: u32) -> vec4<f32> {
  let at = params.x_offset + row * params.x_pitch + k * 4u;
#if ${inVector === 4}
  return select(vec4<f32>(), vec4<f32>(x[at / 4u]), inside);
#else
  let exists = vec4<u32>(k * 4u) + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(params.in_c);
  let v = vec4<f32>(f32(x[at]), f32(x[at + 1u]), f32(x[at + 2u]), f32(x[at + 3u]));
  return select(vec4<f32>(), v, exists & vec4<bool>(inside));
#endif
}`;
}

export function convWinogradInputShader(spec: ConvWinogradInputSpec): ShaderModule {
  const { outputs, inVector, xType, dilated } = spec;
  const matrix = pixelMatrix(outputs);
  const side = range(tileExtent(outputs));
  const rows = side.map(
    (r) => `let inside${r} = y0 + ${apart(u32(r), 'h', dilated)} < params.in_h;
  let row${r} = (n * params.in_h + y0 + ${apart(u32(r), 'h', dilated)}) * params.in_w;`,
  );
  const pixels = side.map((r) => `let d${r} = pixel(row${r} + column, inside${r} & within, k);`);
  const queue = new LineQueue(side.length, side.length);
  const end = spec.rolled ? 'params.side' : u32(side.length);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(xType, inVector) },
      { name: 'v', access: 'read_write', element: 'vec4<f32>' },
    ],
    params: {
      ...WINDOW_PARAMS,
      ...X_PARAMS,
      ...TILE_PARAMS,
      ...SIDE_PARAM,
      ...(dilated ? DILATED_TILE_PARAMS : {}),
      k_quads: 'u32',
    },
    workgroupSize: [WINOGRAD_INPUT_WORKGROUP, 1, 1],
    declarations: pixelFunction(spec),
    body: wgsl`
  ${linearIndex(WINOGRAD_INPUT_WORKGROUP)}
  if (i >= params.count) { return; }
  let tile = i / params.k_quads;
  let k = i - tile * params.k_quads;
  ${TILE_POSITION}
  let step = params.tiles * params.k_quads;
  let y0 = ${tileStart('ty', 'h', outputs, dilated)} - params.pad_top;
  let x0 = ${tileStart('tx', 'w', outputs, dilated)} - params.pad_left;
  ${rows.join('\n  ')}
  ${queue.declarations}
  for (var c = 0u; c < ${end}; c++) {
    let column = x0 + ${apart('c', 'w', dilated)};
    let within = column < params.in_w;
    ${pixels.join('\n    ')}
  ${toPoints(matrix, names('d', side), 'p')}
    ${queue.push(names('p', side))}
  }
  var at = tile * params.k_quads + k;
  for (var r = 0u; r < ${end}; r++) {
  ${toPoints(matrix, queue.heads, 'p')}
    ${side.map((j) => `v[at + ${u32(j)} * step] = p${j};`).join('\n    ')}
    ${queue.advance}
    at += ${u32(side.length)} * step;
  }`,
  });
}
