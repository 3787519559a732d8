/** Weights of products in int8, as WGSL: loaded, multiplied by the scale of their output channel, put into another arrangement. */
import { isPacked } from '../../src/core/storage.ts';
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from './index.ts';
import type { Binding } from './module.ts';
import { vectorType } from './numbers.ts';
import { load, packed, type Access } from './storage.ts';

/** How sums of int8 weights become real: by the scale of their channel, and with the bias that is added then. */
export type Dequantise = 'plain' | 'biased';

/** Elements of `access` as f32. */
function loadReal(access: Access, at: string): string {
  const { name, storage, width } = access;
  if (width === 1 || !isPacked(storage)) return `${vectorType('f32', width)}(${load(access, at)})`;
  // The word is loaded once; shifted up and down, each byte brings its sign.
  return `vec4<f32>((vec4<i32>(bitcast<i32>(${name}[${at}])) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u))`;
}

/** A word of the four whole numbers of `v`. */
function pack(v: string): string {
  return packed(range(4).map((k) => `i32(${v}[${k}])`));
}

/** What the tail of a kernel binds: scales, and the bias. */
function bindings(dequantise: Dequantise, width: 1 | 4): Binding[] {
  const wide = { access: 'read', element: vectorType('f32', width) } as const;
  return [{ name: 'weight_scale', ...wide }, ...(dequantise === 'biased' ? [{ name: 'bias', ...wide }] : [])];
}

/** `acc` of the four channels from `channel` on as real numbers; with width 4 that is a multiple of 4. */
function real(dequantise: Dequantise, width: 1 | 4): string {
  const of = (name: string): string =>
    width === 4
      ? `${name}[channel / 4u]`
      : `vec4<f32>(${range(4)
          .map((j) => `${name}[channel + ${j}u]`)
          .join(', ')})`;
  return `acc * ${of('weight_scale')}${dequantise === 'biased' ? ` + ${of('bias')}` : ''}`;
}

/** The body of shaders/product/pack.ts, by workgroups of `size`: a word of four columns an invocation. */
function padded(transposed: boolean, size: number): string {
  return `
  ${linearIndex(size)}
  if (i >= params.count) { return; }
  let k = i * 4u / params.pitch;
  let first = i * 4u - k * params.pitch;
  var v = vec4<f32>();
  for (var lane = 0u; lane < 4u; lane++) {
    let j = first + lane;
    let at = ${transposed ? 'j * params.depth + k' : 'k * params.columns + j'};
    if (j < params.columns) { v[lane] = ${loadReal({ name: 'source', storage: 'i8x4', width: 1 }, 'at')}; }
  }
  packed[i] = ${pack('v')};`;
}

/** All of it, as it is loaded. */
export const int8Weights = { load: loadReal, pack, bindings, real, padded };
