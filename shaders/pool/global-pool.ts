/**
 * Global max and average pooling: one workgroup folds all pixels of one image for a block of channels. Its invocations
 * take every 16th pixel of 4 neighbouring blocks, then fold their partial results as a tree.
 *
 * Layout: x[x_offset + (n·pixels + p)·x_pitch + c], y[y_offset + n·y_pitch + c].
 * Bindings: 0 x read, 1 y read_write (both vec4 when width is 4).
 * Workgroup: 64 × 1 × 1: 4 channel blocks × 16 pixels.
 * Dispatch: dispatch1d of N · ⌈blocks / 4⌉ workgroups, blocks = C / width.
 * Spec: kind; width 4 when C % 4 = 0 and x and y are placed for vectors; xType, yType f32 or f16.
 * Limits: 64 elements of workgroup storage, 1024 bytes at most.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { extremeFunctions, vectorType } from '../lib/numbers.ts';
import { X_PARAMS } from '../lib/window.ts';

/** Channel blocks and pixels a workgroup works on at once. */
export const GLOBAL_POOL_BLOCKS = 4;
const GLOBAL_POOL_LANES = 16;

export interface GlobalPoolSpec {
  readonly kind: 'max' | 'average';
  readonly width: 1 | 4;
  readonly xType: FloatStorage;
  readonly yType: FloatStorage;
  /** Adds by parts, since each addition rounds to a share of what was added before. */
  readonly long: boolean;
}

/** Lets `acc` be a part where there are many: what to declare, to do after each pixel `p` of those `step` apart, and at last. */
export function parts({ long, width }: GlobalPoolSpec, step: string): readonly [string, string, string] {
  if (!long) return ['', '', ''];
  const add = `if (p % 1024u < ${step}) { whole += acc; acc = ${vectorType('f32', width)}(); }`;
  return [' var whole = acc;', ` ${add}`, ' acc += whole;'];
}

/** Parameters of every shader of global pools. `start` is what an empty fold gives. */
export const GLOBAL_POOL_PARAMS = {
  pixels: 'u32',
  blocks: 'u32',
  start: 'f32',
  ...X_PARAMS,
  y_offset: 'u32',
  y_pitch: 'u32',
} as const;

/** Declares `fn fold(a, b)`: the larger, or NaN when either is one; or the sum. */
export function foldFunction({ kind, width }: Pick<GlobalPoolSpec, 'kind' | 'width'>): string {
  const element = vectorType('f32', width);
  return wgsl`
#if ${kind === 'max'}
${extremeFunctions('f32', width)}
fn fold(a: ${element}, b: ${element}) -> ${element} { return greater(a, b); }
#else
fn fold(a: ${element}, b: ${element}) -> ${element} { return a + b; }
#endif`;
}

export function globalPoolShader(spec: GlobalPoolSpec): ShaderModule {
  const { kind, width, xType, yType } = spec;
  const element = vectorType('f32', width);
  const isMax = kind === 'max';
  const size = GLOBAL_POOL_BLOCKS * GLOBAL_POOL_LANES;
  const [begin, each, end] = parts(spec, u32(GLOBAL_POOL_LANES));
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: vectorType(xType, width) },
      { name: 'y', access: 'read_write', element: vectorType(yType, width) },
    ],
    params: { images: 'u32', block_groups: 'u32', ...GLOBAL_POOL_PARAMS },
    workgroupSize: [size, 1, 1],
    declarations: wgsl`
var<workgroup> partial: array<${element}, ${u32(size)}>;
${foldFunction(spec)}`,
    body: wgsl`
  ${linearIndex(size)}
  let job = i / ${u32(size)};
  let n = job / params.block_groups;
  let block = (job - n * params.block_groups) * ${u32(GLOBAL_POOL_BLOCKS)} + local_index % ${u32(GLOBAL_POOL_BLOCKS)};
  let lane = local_index / ${u32(GLOBAL_POOL_BLOCKS)};
  let live = n < params.images && block < params.blocks;
  let pitch = params.x_pitch / ${u32(width)};
  let start = params.x_offset / ${u32(width)} + block;
  var acc = ${element}(params.start);${begin}
  if (live) {
    for (var p = lane; p < params.pixels; p += ${u32(GLOBAL_POOL_LANES)}) {
      acc = fold(acc, ${element}(x[start + (n * params.pixels + p) * pitch]));${each}
    }
  }${end}
  partial[local_index] = acc;
  for (var half = ${u32(size / 2)}; half >= ${u32(GLOBAL_POOL_BLOCKS)}; half /= 2u) {
    workgroupBarrier();
    if (local_index < half) { partial[local_index] = fold(partial[local_index], partial[local_index + half]); }
  }
  if (!live || lane != 0u) { return; }
  let at = (params.y_offset + n * params.y_pitch) / ${u32(width)} + block;
#if ${isMax}
  y[at] = ${vectorType(yType, width)}(partial[local_index]);
#else
  y[at] = ${vectorType(yType, width)}(partial[local_index] / f32(params.pixels));
#endif`,
  });
}
