/**
 * The patches of a deformable convolution without groups, as the tiles of ordinary ones read them (implicit-tiled.ts): an invocation finds
 * where its pixels' samples lie once for each tap and offset group, and reads four channels of four corners for each vector.
 *
 * Layout: x as there; offset and mask as deform-columns.ts has them; w[k·out_c + m], k = tap·in_c + c.
 * Bindings: x, w, offset read f32, mask? read, and the tail's.
 * Workgroup: that of the tile.
 * Dispatch: that of the tile.
 * Spec: the tile's, with inVector 4: the channels of an offset group come in fours; maskType where there are masks.
 * Params: offset_groups, and `each`, the channels of one, beside the tile's.
 * Limits: those of the tile.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import { SAMPLE_FUNCTION } from '../lib/deform.ts';
import type { Between } from '../lib/epilogue.ts';
import { u32 } from '../lib/literal.ts';
import { lines } from '../lib/product.ts';
import { tiledInvocations, type ProductTile } from '../lib/tiled.ts';
import type { PatchSource } from './implicit-tiled.ts';

const corner = (i: number): string =>
  `select(vec4<f32>(), t.s.weights[${i}] * vec4<f32>(x[(t.s.pixels[${i}] + c) / 4u]), t.s.inside[${i}])`;

const tap = (i: number): string => `tap_of(place, corner${i}, pixel${i}, image${i});`;

/** Parameters and functions, before the results: those that find a sample, and read four channels of it. */
export function deformedSamples(masked: boolean): Between {
  return {
    params: { offset_groups: 'u32', each: 'u32' },
    declarations: `
${SAMPLE_FUNCTION}
struct Position { c: u32, group: u32, kx: u32, ky: u32 }
struct Tap { s: Sample, factor: f32 }
fn tap_of(p: Position, corner: vec2<i32>, pixel: u32, image: u32) -> Tap {
  if (p.ky >= params.kernel_h) { return Tap(); }
  let place = ((pixel * params.offset_groups + p.group) * params.kernel_h + p.ky) * params.kernel_w + p.kx;
  var s = sample_at(
    f32(corner.y + i32(p.ky * params.dilation_h)) + offset[place * 2u],
    f32(corner.x + i32(p.kx * params.dilation_w)) + offset[place * 2u + 1u]);
  s.pixels = s.pixels * params.x_pitch + image + p.group * params.each;
  return Tap(s, ${masked ? 'f32(mask[place])' : '1.0'});
}
fn load_sample(t: Tap, c: u32) -> vec4<f32> {
  return (${[0, 1, 2, 3].map(corner).join('\n    + ')}) * t.factor;
}
fn finish(acc: vec4<f32>, row: u32, channel: u32, lanes: u32) { finish_result(acc, row, channel, lanes); }`,
  };
}

/** What the tile reads in place of the patches of a window. */
export function deformedPatches(tile: ProductTile, maskType: FloatStorage | undefined): PatchSource {
  const depthQuads = tile.tileDepth / 4;
  const threads = tiledInvocations(tile);
  const shares = (tile.tileRows * depthQuads) / threads;
  const origin = (i: number): string =>
    `  let pixel${i} = min(first_pixel + local_index / ${u32(depthQuads)} + ${u32((i * threads) / depthQuads)}, params.count - 1u);
  let out_line${i} = pixel${i} / params.out_w;
  let n${i} = out_line${i} / params.out_h;
  let corner${i} = vec2<i32>(i32((pixel${i} - out_line${i} * params.out_w) * params.stride_w) - i32(params.pad_left),
    i32((out_line${i} - n${i} * params.out_h) * params.stride_h) - i32(params.pad_top));
  let image${i} = params.x_offset + n${i} * params.in_h * params.in_w * params.x_pitch;`;
  return {
    bindings: [
      { name: 'offset', access: 'read', element: 'f32' },
      ...(maskType ? [{ name: 'mask', access: 'read', element: maskType } as const] : []),
    ],
    reader: {
      origins: lines(shares, origin),
      shares: lines(shares, (i) => `  var a${i} = vec4<f32>();`),
      load: lines(shares, (i) => `    a${i} = load_sample(tap${i}, place.c);`),
      store: lines(shares, (i) => `    a_tile[local_index + ${u32(i * threads)}] = a${i};`),
      cursor: {
        declare: `  let k = k_first + local_index % ${u32(depthQuads)} * 4u;
  let k_block = k / params.each;
  let k_tap = k_block / params.offset_groups;
  var place = Position(k - k_block * params.each, k_block - k_tap * params.offset_groups,
    k_tap % params.kernel_w, k_tap / params.kernel_w);
${lines(shares, (i) => `  var tap${i} = ${tap(i)}`)}`,
        advance: `    place.c += ${u32(tile.tileDepth)};
    if (place.c >= params.each) {
      while (place.c >= params.each) {
        place.c -= params.each;
        place.group++;
        if (place.group == params.offset_groups) { place.group = 0u; place.kx++; }
        if (place.kx == params.kernel_w) { place.kx = 0u; place.ky++; }
      }
${lines(shares, (i) => `      tap${i} = ${tap(i)}`)}
    }`,
      },
    },
  };
}
