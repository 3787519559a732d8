/**
 * Weights of a Winograd convolution, transformed once when a plan is loaded: u = G w Gᵀ for each pair of channels
 * (Lavin & Gray, arXiv:1509.09308).
 *
 * Layout: w[((ky·3 + kx)·in_c + k)·out_c + m], u[((point·k_quads·4) + k)·quads + q], vectors of four output channels; the
 *   channels that pad both to multiples of 4 are 0.
 * Bindings: w read f32 or vec4<f32>, u read_write vec4<f32>.
 * Workgroup: 64 × 1 × 1; an invocation transforms one input channel × four output channels.
 * Dispatch: dispatch1d(count, 64), count = k_quads · 4 · quads.
 * Spec: outputs, 2 or 4, the side of the tile; weightVector 4 when out_c % 4 = 0; wType f16 rounds the weights first, as
 *   they are where they are stored as halves; rolled, for software adapters: side, the extent of a tile, bounds the loops.
 * Limits: no workgroup storage.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';
import { LineQueue, names, SIDE_PARAM, tileExtent, toPoints, weightMatrix, type TileOutputs } from '../lib/winograd.ts';

/** Invocations per workgroup. */
export const WINOGRAD_WEIGHTS_WORKGROUP = 64;

export interface ConvWinogradWeightsSpec {
  readonly outputs: TileOutputs;
  readonly weightVector: 1 | 4;
  readonly wType: FloatStorage;
  readonly rolled: boolean;
}

const TAPS = range(3);

/** Nearest half, ties to even, but for overflow; by hand, as devices may round conversions either way. */
const AS_HALF = `
fn as_half(v: vec4<f32>) -> vec4<f32> {
  let bits = bitcast<vec4<u32>>(v);
  let normal = bitcast<vec4<f32>>((bits + 0xfffu + ((bits >> vec4<u32>(13u)) & vec4<u32>(1u))) & vec4<u32>(0xffffe000u));
  let subnormal = round(v * 16777216.0) / 16777216.0;
  return select(normal, subnormal, abs(v) < vec4<f32>(6.103515625e-5));
}`;

export function convWinogradWeightsShader(spec: ConvWinogradWeightsSpec): ShaderModule {
  const { outputs, weightVector, wType, rolled } = spec;
  const matrix = weightMatrix(outputs);
  const points = range(tileExtent(outputs));
  const queue = new LineQueue(3, points.length);
  const scalars = range(4).map((j) => `w[min(at + ${u32(j)}, end)]`);
  return shaderModule({
    bindings: [
      { name: 'w', access: 'read', element: vectorType('f32', weightVector) },
      { name: 'u', access: 'read_write', element: 'vec4<f32>' },
    ],
    params: { count: 'u32', in_c: 'u32', out_c: 'u32', k_quads: 'u32', quads: 'u32', ...SIDE_PARAM },
    workgroupSize: [WINOGRAD_WEIGHTS_WORKGROUP, 1, 1],
    declarations: wgsl`
#if ${wType === 'f16'}
${AS_HALF}
#endif
fn weights(tap: u32, k: u32, channel: u32) -> vec4<f32> {
  let at = (tap * params.in_c + k) * params.out_c + channel;
#if ${weightVector === 4}
  let v = w[at / 4u];
#else
  let end = 9u * params.in_c * params.out_c - 1u;
  let v = vec4<f32>(${scalars.join(', ')});
#endif
  let exists = vec4<u32>(channel) + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(params.out_c);
  let used = select(vec4<f32>(), v, exists & vec4<bool>(k < params.in_c));
#if ${wType === 'f16'}
  return as_half(used);
#else
  return used;
#endif
}`,
    body: wgsl`
  ${linearIndex(WINOGRAD_WEIGHTS_WORKGROUP)}
  if (i >= params.count) { return; }
  let k = i / params.quads;
  let q = i - k * params.quads;
  ${queue.declarations}
  for (var kx = 0u; kx < 3u; kx++) {
    ${TAPS.map((ky) => `let w${ky} = weights(${u32(3 * ky)} + kx, k, q * 4u);`).join('\n    ')}
  ${toPoints(matrix, names('w', TAPS), 'p')}
    ${queue.push(names('p', points))}
  }
  var at = k * params.quads + q;
  let step = params.k_quads * 4u * params.quads;
  for (var r = 0u; r < ${rolled ? 'params.side' : u32(points.length)}; r++) {
  ${toPoints(matrix, queue.heads, 'p')}
    ${points.map((j) => `u[at + ${u32(j)} * step] = p${j};`).join('\n    ')}
    ${queue.advance}
    at += ${u32(points.length)} * step;
  }`,
  });
}
