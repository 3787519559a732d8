/**
 * Global max and average pooling: one workgroup folds all pixels of one image for a block of channels. Its invocations
 * take every 16th pixel of 4 neighbouring blocks, then fold their partial results as a tree.
 *
 * Layout: x[(n·pixels + p)·C + c], y[n·C + c].
 * Bindings: 0 x read f32, 1 y read_write f32 (both vec4 when width is 4).
 * Workgroup: 64 × 1 × 1: 4 channel blocks × 16 pixels.
 * Dispatch: dispatch1d of N · ⌈blocks / 4⌉ workgroups, blocks = C / width.
 * Spec: kind; width 4 when C % 4 = 0.
 * Limits: 64 elements of workgroup storage, 1024 bytes at most.
 */
import { linearIndex } from './lib/index.ts';
import { u32 } from './lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from './lib/module.ts';
import { isNanFunction, vectorType } from './lib/numbers.ts';

/** Channel blocks and pixels a workgroup works on at once. */
export const GLOBAL_POOL_BLOCKS = 4;
export const GLOBAL_POOL_LANES = 16;

export interface GlobalPoolSpec {
  readonly kind: 'max' | 'average';
  readonly width: 1 | 4;
}

export function globalPoolShader({ kind, width }: GlobalPoolSpec): ShaderModule {
  const element = vectorType('f32', width);
  const isMax = kind === 'max';
  const size = GLOBAL_POOL_BLOCKS * GLOBAL_POOL_LANES;
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element },
      { name: 'y', access: 'read_write', element },
    ],
    params: { images: 'u32', pixels: 'u32', blocks: 'u32', block_groups: 'u32', start: 'f32' },
    workgroupSize: [size, 1, 1],
    declarations: wgsl`
var<workgroup> partial: array<${element}, ${u32(size)}>;
#if ${isMax}
${isNanFunction(width)}
fn fold(a: ${element}, b: ${element}) -> ${element} { return select(a, b, (b > a) | is_nan(b)); }
#else
fn fold(a: ${element}, b: ${element}) -> ${element} { return a + b; }
#endif`,
    body: wgsl`
  ${linearIndex(size)}
  let job = i / ${u32(size)};
  let n = job / params.block_groups;
  let block = (job - n * params.block_groups) * ${u32(GLOBAL_POOL_BLOCKS)} + local_index % ${u32(GLOBAL_POOL_BLOCKS)};
  let lane = local_index / ${u32(GLOBAL_POOL_BLOCKS)};
  let live = n < params.images && block < params.blocks;
  var acc = ${element}(params.start);
  if (live) {
    for (var p = lane; p < params.pixels; p += ${u32(GLOBAL_POOL_LANES)}) {
      acc = fold(acc, x[(n * params.pixels + p) * params.blocks + block]);
    }
  }
  partial[local_index] = acc;
  for (var half = ${u32(size / 2)}; half >= ${u32(GLOBAL_POOL_BLOCKS)}; half /= 2u) {
    workgroupBarrier();
    if (local_index < half) { partial[local_index] = fold(partial[local_index], partial[local_index + half]); }
  }
  if (!live || lane != 0u) { return; }
#if ${isMax}
  y[n * params.blocks + block] = partial[local_index];
#else
  y[n * params.blocks + block] = partial[local_index] / f32(params.pixels);
#endif`,
  });
}
