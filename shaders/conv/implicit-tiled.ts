/**
 * Convolution as an implicit matrix product through workgroup memory, for GPUs: a workgroup loads a block of the patches
 * (their indices computed) and of the weights, and every invocation multiplies its pixels and channels of them. The next
 * blocks are on their way while these are multiplied. One pipeline serves every window.
 *
 * Layout: x[x_offset + ((n·in_h + iy)·in_w + ix)·x_pitch + c], w[k·out_c + m], k = (ky·KW + kx)·group_in + c; y and residual:
 *   row (n·out_h + oy)·out_w + ox, channel m, as placed; bias[m]. With `split`, k is cut into parts, and what is written is
 *   partial[split][pixel][⌈out_c / 4⌉ vectors], for shaders/product/sum.ts.
 * Bindings: x read, w read; bias? read f32, residual? read, y read_write; or, with split, partial read_write. x is vec4 when
 *   inVector is 4, w when weightVector, residual and y when outVector.
 * Workgroup: tileColumns / (4·quads) × tileRows / rows × 1; invocation (i, j) makes pixels j, j + size_y, … and channel
 *   quads i, i + size_x, ….
 * Dispatch: [⌈group_out / tileColumns⌉, ⌈N·out_h·out_w / tileRows⌉, group or splits].
 * Spec: tileRows (pixels), tileColumns (channels), tileDepth, in fours; rows and quads per invocation; split (then group
 *   is 1); inVector 4 when group_in % 4 = 0 and x is placed so; weightVector 4 when group_out % 4 = 0, outVector 4 when y is
 *   placed so too; xType f32 or f16; wType these or i8x4; epilogue.
 * Limits: workgroup storage (tileRows + tileColumns)·tileDepth·4 bytes; the invocations are a multiple of tileDepth / 4 and
 *   of tileColumns / 4, and divide both blocks.
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
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type Binding, type ShaderModule } from '../lib/module.ts';
import { elementOf, vectorType } from '../lib/numbers.ts';
import { addQuad, lines, sumName } from '../lib/implicit.ts';
import { declareSums } from '../lib/product.ts';
import {
  floatBlocks,
  multiplyFloats,
  tiledBody,
  tiledInvocations,
  tiledWorkgroup,
  type ProductTile,
  type TileReader,
} from '../lib/tiled.ts';
import { WINDOW_PARAMS, WINDOW_SHAPE_PARAMS, X_PARAMS } from '../lib/window.ts';
import { fourWeights, loadWeights } from '../lib/weights.ts';

export interface ConvImplicitTiledSpec extends EpilogueSpec, ProductTile {
  readonly split: boolean;
  readonly inVector: 1 | 4;
  readonly weightVector: 1 | 4;
  readonly outVector: 1 | 4;
  readonly xType: FloatStorage;
  readonly wType: Storage;
}

/** What brings other patches than those of a window into the tile: operands after w, and their reader. */
export interface PatchSource {
  readonly bindings: readonly Binding[];
  readonly reader: TileReader;
}

/** Vectors of the patches and of the weights that each invocation loads. */
function shares(tile: ProductTile): { readonly a: number; readonly b: number } {
  const { tileRows, tileColumns, tileDepth } = tile;
  const count = tiledInvocations(tile);
  return { a: (tileRows * tileDepth) / 4 / count, b: (tileColumns * tileDepth) / 4 / count };
}

/** Functions that load four k of a patch from `k` on, and four channels of row k of the weights; zero past the end. */
function loaders({ inVector, weightVector, wType }: ConvImplicitTiledSpec): string {
  return wgsl`
struct Place { c: u32, kx: u32, ky: u32 }
fn place_of(k: u32) -> Place {
  let position = k / params.group_in;
  let ky = position / params.kernel_w;
  return Place(k - position * params.group_in, position - ky * params.kernel_w, ky);
}
fn load_one(place: Place, corner: vec2<u32>, image: u32) -> vec4<f32> {
  let iy = corner.y + place.ky * params.dilation_h;
  let ix = corner.x + place.kx * params.dilation_w;
  if (place.ky >= params.kernel_h || iy >= params.in_h || ix >= params.in_w) { return vec4<f32>(); }
  let at = image + (iy * params.in_w + ix) * params.x_pitch + place.c;
#if ${inVector === 4}
  return vec4<f32>(x[at / 4u]);
#else
  return vec4<f32>(f32(x[at]), 0.0, 0.0, 0.0);
#endif
}
fn load_patch(k: u32, place: Place, corner: vec2<u32>, image: u32) -> vec4<f32> {
#if ${inVector === 4}
  return load_one(place, corner, image);
#else
  var v = load_one(place, corner, image);
  for (var j = 1u; j < 4u; j++) { v[j] = load_one(place_of(k + j), corner, image).x; }
  return v;
#endif
}
fn load_weights(k: u32, channel: u32, group: u32) -> vec4<f32> {
  if (k >= params.depth || channel >= params.group_out) { return vec4<f32>(); }
  let at = k * params.out_c + group * params.group_out + channel;
#if ${weightVector === 4}
  return ${loadWeights(wType, 4, 'w', 'at / 4u')};
#else
  return ${fourWeights(wType, 1, 'at')};
#endif
}`;
}

/** Reads patches: pixels past the end repeat the last. */
function patchReader(spec: ConvImplicitTiledSpec): TileReader {
  const depthQuads = spec.tileDepth / 4;
  const [threads, { a }] = [tiledInvocations(spec), shares(spec)];
  const origin = (
    i: number,
  ): string => `  let pixel${i} = min(first_pixel + local_index / ${u32(depthQuads)} + ${u32((i * threads) / depthQuads)}, params.count - 1u);
  let out_line${i} = pixel${i} / params.out_w;
  let n${i} = out_line${i} / params.out_h;
  let corner${i} = vec2<u32>((pixel${i} - out_line${i} * params.out_w) * params.stride_w - params.pad_left,
    (out_line${i} - n${i} * params.out_h) * params.stride_h - params.pad_top);
  let image${i} = params.x_offset + n${i} * params.in_h * params.in_w * params.x_pitch + group * params.group_in;`;
  return {
    origins: lines(a, origin),
    shares: lines(a, (i) => `  var a${i} = vec4<f32>();`),
    load: lines(a, (i) => `    a${i} = load_patch(k, place, corner${i}, image${i});`),
    store: lines(a, (i) => `    a_tile[local_index + ${u32(i * threads)}] = a${i};`),
    cursor: {
      declare: `  var k = k_first + local_index % ${u32(depthQuads)} * 4u;
  var place = place_of(k);`,
      advance: `    k += ${u32(spec.tileDepth)};
    place.c += ${u32(spec.tileDepth)};
    while (place.c >= params.group_in) {
      place.c -= params.group_in;
      place.kx++;
      if (place.kx == params.kernel_w) {
        place.kx = 0u;
        place.ky++;
      }
    }`,
    },
  };
}

/** Reads the weights. */
function weightReader(spec: ConvImplicitTiledSpec): TileReader {
  const { tileColumns } = spec;
  const [threads, { b }] = [tiledInvocations(spec), shares(spec)];
  const rows = threads / (tileColumns / 4);
  return {
    origins: `  let b_row = local_index / ${u32(tileColumns / 4)};
  let b_channel = first_channel + local_index % ${u32(tileColumns / 4)} * 4u;`,
    shares: lines(b, (i) => `  var b${i} = vec4<f32>();`),
    load: lines(b, (i) => `    b${i} = load_weights(k_start + b_row + ${u32(i * rows)}, b_channel, group);`),
    store: lines(b, (i) => `    b_tile[local_index + ${u32(i * threads)}] = b${i};`),
  };
}

/** Writes the sums of a channel quad: the result, or this part of it. */
function tail(spec: ConvImplicitTiledSpec, q: number): string {
  const { rows, split } = spec;
  const [sizeX, sizeY] = tiledWorkgroup(spec);
  const store = (r: number): string => {
    const pixel = `(first_pixel + lid.y + ${u32(r * sizeY)})`;
    const partial = `partial[(wid.z * params.count + ${pixel}) * ((params.out_c + 3u) / 4u) + first${q} / 4u] = ${sumName(r, q)};`;
    const whole = `finish(${sumName(r, q)} + bias${q}, ${pixel}, channel${q}, lanes${q});`;
    return `    if (${pixel} < params.count) { ${split ? partial : whole} }`;
  };
  return wgsl`
  let first${q} = first_channel + (lid.x + ${u32(q * sizeX)}) * 4u;
  if (first${q} < params.group_out) {
#if ${!split}
    let channel${q} = group * params.group_out + first${q};
    let lanes${q} = min(4u, params.group_out - first${q});
    let bias${q} = ${spec.bias ? biasVector(`channel${q}`) : 'vec4<f32>()'};
#endif
${lines(rows, store)}
  }`;
}

function bindings(spec: ConvImplicitTiledSpec, others: readonly Binding[] = []): Binding[] {
  const operands: Binding[] = [
    { name: 'x', access: 'read', element: vectorType(spec.xType, spec.inVector) },
    { name: 'w', access: 'read', element: elementOf({ storage: spec.wType, width: spec.weightVector }) },
    ...others,
  ];
  if (spec.split) return [...operands, { name: 'partial', access: 'read_write', element: 'vec4<f32>' }];
  return [...operands, ...epilogueBindings(spec, spec.outVector), outputBinding(spec, spec.outVector)];
}

/** Declares the part of the sums that a workgroup adds up, and where its block starts. */
function begin({ split, tileRows, tileColumns }: ConvImplicitTiledSpec): string {
  return wgsl`
#if ${split}
  let group = 0u;
  let k_first = wid.z * params.split_depth;
  let k_end = min(k_first + params.split_depth, params.depth);
#else
  let group = wid.z;
  let k_first = 0u;
  let k_end = params.depth;
#endif
  let first_pixel = wid.y * ${u32(tileRows)};
  let first_channel = wid.x * ${u32(tileColumns)};`;
}

export function convImplicitTiledShader(spec: ConvImplicitTiledSpec, source?: PatchSource): ShaderModule {
  const { tileDepth, rows, quads, split } = spec;
  return shaderModule({
    bindings: bindings(spec, source?.bindings),
    params: {
      ...WINDOW_PARAMS,
      ...WINDOW_SHAPE_PARAMS,
      ...X_PARAMS,
      count: 'u32',
      depth: 'u32',
      group_in: 'u32',
      group_out: 'u32',
      ...(split ? ({ split_depth: 'u32' } as const) : epilogueParams(spec)),
    },
    workgroupSize: [...tiledWorkgroup(spec), 1],
    declarations: wgsl`
${floatBlocks(spec)}
${loaders(spec)}
#if ${!split}
${finishFunction(spec, spec.outVector)}
#endif`,
    body: tiledBody({
      tile: spec,
      begin: begin(spec),
      a: source?.reader ?? patchReader(spec),
      b: weightReader(spec),
      sums: declareSums(rows, quads),
      step: tileDepth,
      index: 'd',
      multiply: multiplyFloats(spec, { index: 'd', bName: (d, q) => `w${d}_${q}`, add: addQuad }),
      end: lines(quads, (q) => tail(spec, q)),
    }),
  });
}
