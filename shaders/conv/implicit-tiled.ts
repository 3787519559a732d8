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
 *   placed so too; xType, wType f32 or f16; epilogue.
 * Limits: workgroup storage (tileRows + tileColumns)·tileDepth·4 bytes; the invocations are a multiple of tileDepth / 4 and
 *   of tileColumns / 4, and divide both blocks.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
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
import { vectorType } from '../lib/numbers.ts';
import { addQuad, lines, sumName } from '../lib/implicit.ts';
import { declareSums } from '../lib/product.ts';
import { WINDOW_PARAMS, WINDOW_SHAPE_PARAMS, X_PARAMS } from '../lib/window.ts';
import { tiledWorkgroup, type ProductTile } from '../product/tiled.ts';

export interface ConvImplicitTiledSpec extends EpilogueSpec, ProductTile {
  readonly split: boolean;
  readonly inVector: 1 | 4;
  readonly weightVector: 1 | 4;
  readonly outVector: 1 | 4;
  readonly xType: FloatStorage;
  readonly wType: FloatStorage;
}

/** Invocations of the workgroup. */
function invocations(tile: ProductTile): number {
  const [x, y] = tiledWorkgroup(tile);
  return x * y;
}

/** Vectors of the patches and of the weights that each invocation loads. */
function shares(tile: ProductTile): { readonly a: number; readonly b: number } {
  const { tileRows, tileColumns, tileDepth } = tile;
  const count = invocations(tile);
  return { a: (tileRows * tileDepth) / 4 / count, b: (tileColumns * tileDepth) / 4 / count };
}

/** Functions that load four k of a patch from `k` on, and four channels of row k of the weights; zero past the end. */
function loaders({ inVector, weightVector }: ConvImplicitTiledSpec): string {
  const channels = [0, 1, 2, 3].map((j) => `f32(w[at + ${u32(j)}])`).join(', ');
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
  return vec4<f32>(w[at / 4u]);
#else
  return vec4<f32>(${channels});
#endif
}`;
}

/** Where this invocation's shares of both blocks come from. */
function origins(spec: ConvImplicitTiledSpec): string {
  const { tileDepth, tileColumns } = spec;
  const threads = invocations(spec);
  const depthQuads = tileDepth / 4;
  const origin = (
    i: number,
  ): string => `  let pixel${i} = min(first_pixel + local_index / ${u32(depthQuads)} + ${u32((i * threads) / depthQuads)}, params.count - 1u);
  let out_line${i} = pixel${i} / params.out_w;
  let n${i} = out_line${i} / params.out_h;
  let corner${i} = vec2<u32>((pixel${i} - out_line${i} * params.out_w) * params.stride_w - params.pad_left,
    (out_line${i} - n${i} * params.out_h) * params.stride_h - params.pad_top);
  let image${i} = params.x_offset + n${i} * params.in_h * params.in_w * params.x_pitch + group * params.group_in;`;
  return `${lines(shares(spec).a, origin)}
  let b_row = local_index / ${u32(tileColumns / 4)};
  let b_channel = first_channel + local_index % ${u32(tileColumns / 4)} * 4u;
  var k = k_first + local_index % ${u32(depthQuads)} * 4u;
  var place = place_of(k);`;
}

/** Loads the shares of the blocks at depth `k_start`. */
function load(spec: ConvImplicitTiledSpec): string {
  const rows = invocations(spec) / (spec.tileColumns / 4);
  const { a, b } = shares(spec);
  return `${lines(a, (i) => `    a${i} = load_patch(k, place, corner${i}, image${i});`)}
${lines(b, (i) => `    b${i} = load_weights(k_start + b_row + ${u32(i * rows)}, b_channel, group);`)}`;
}

/** Multiplies four depths of the blocks. */
function multiply(spec: ConvImplicitTiledSpec): string {
  const { rows, quads, tileDepth, tileColumns } = spec;
  const [sizeX, sizeY] = tiledWorkgroup(spec);
  const loadB = (q: number): string =>
    lines(
      4,
      (d) =>
        `      let w${d}_${q} = b_tile[(d * 4u + ${u32(d)}) * ${u32(tileColumns / 4)} + lid.x + ${u32(q * sizeX)}];`,
    );
  const row = (r: number): string =>
    `      let x${r} = a_tile[(lid.y + ${u32(r * sizeY)}) * ${u32(tileDepth / 4)} + d];\n${lines(quads, (q) => addQuad(r, q))}`;
  return `${lines(quads, loadB)}\n${lines(rows, row)}`;
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

function bindings(spec: ConvImplicitTiledSpec): Binding[] {
  const operands: Binding[] = [
    { name: 'x', access: 'read', element: vectorType(spec.xType, spec.inVector) },
    { name: 'w', access: 'read', element: vectorType(spec.wType, spec.weightVector) },
  ];
  if (spec.split) return [...operands, { name: 'partial', access: 'read_write', element: 'vec4<f32>' }];
  return [...operands, ...epilogueBindings(spec, spec.outVector), outputBinding(spec, spec.outVector)];
}

/** The entry point: load, and while multiplying load what comes next. */
function body(spec: ConvImplicitTiledSpec): string {
  const { tileRows, tileColumns, tileDepth, rows, quads, split } = spec;
  const share = shares(spec);
  const threads = invocations(spec);
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
  let first_channel = wid.x * ${u32(tileColumns)};
${origins(spec)}
${declareSums(rows, quads)}
${lines(share.a, (i) => `  var a${i} = vec4<f32>();`)}
${lines(share.b, (i) => `  var b${i} = vec4<f32>();`)}
  var k_start = k_first;
  if (k_start < k_end) {
${load(spec)}
  }
  while (k_start < k_end) {
${lines(share.a, (i) => `    a_tile[local_index + ${u32(i * threads)}] = a${i};`)}
${lines(share.b, (i) => `    b_tile[local_index + ${u32(i * threads)}] = b${i};`)}
    workgroupBarrier();
    k_start += ${u32(tileDepth)};
    k += ${u32(tileDepth)};
    place.c += ${u32(tileDepth)};
    while (place.c >= params.group_in) {
      place.c -= params.group_in;
      place.kx++;
      if (place.kx == params.kernel_w) {
        place.kx = 0u;
        place.ky++;
      }
    }
    if (k_start < k_end) {
${load(spec)}
    }
    for (var d = 0u; d < ${u32(tileDepth / 4)}; d++) {
${multiply(spec)}
    }
    workgroupBarrier();
  }
${lines(quads, (q) => tail(spec, q))}`;
}

export function convImplicitTiledShader(spec: ConvImplicitTiledSpec): ShaderModule {
  const { tileRows, tileColumns, tileDepth, split } = spec;
  return shaderModule({
    bindings: bindings(spec),
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
var<workgroup> a_tile: array<vec4<f32>, ${u32((tileRows * tileDepth) / 4)}>;
var<workgroup> b_tile: array<vec4<f32>, ${u32((tileColumns * tileDepth) / 4)}>;
${loaders(spec)}
#if ${!split}
${finishFunction(spec, spec.outVector)}
#endif`,
    body: body(spec),
  });
}
