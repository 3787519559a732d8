/**
 * Resizes the two spatial dimensions from tables made on the host: where each output row and column comes from.
 *
 * Layout: x[((n·in_h + iy)·in_w + ix)·blocks + block], y likewise with out_h and out_w; taps holds (low, high) of each
 *   output row, then of each output column; shares how much of `high` each takes.
 * Bindings: 0 x read, 1 taps read u32, 2 shares read f32 (linear only), last y read_write; x and y are f32 for linear, u32
 *   (moved as bits) for nearest, vec4 when width is 4.
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64), count = N · out_h · out_w · blocks.
 * Spec: linear; width 4 when C % 4 = 0.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const RESIZE_WORKGROUP = 64;

export interface ResizeSpec {
  readonly linear: boolean;
  readonly width: 1 | 4;
}

export function resizeShader({ linear, width }: ResizeSpec): ShaderModule {
  const element = vectorType(linear ? 'f32' : 'u32', width);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element },
      { name: 'taps', access: 'read', element: 'u32' },
      ...(linear ? [{ name: 'shares', access: 'read', element: 'f32' } as const] : []),
      { name: 'y', access: 'read_write', element },
    ],
    params: { count: 'u32', in_h: 'u32', in_w: 'u32', out_h: 'u32', out_w: 'u32', blocks: 'u32' },
    workgroupSize: [RESIZE_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(RESIZE_WORKGROUP)}
  if (i >= params.count) { return; }
  let pixel = i / params.blocks;
  let block = i - pixel * params.blocks;
  let row = pixel / params.out_w;
  let ox = pixel - row * params.out_w;
  let n = row / params.out_h;
  let oy = row - n * params.out_h;
  let column = params.out_h + ox;
  let top = (n * params.in_h + taps[oy * 2u]) * params.in_w;
  let left = taps[column * 2u];
#if ${linear}
  let bottom = (n * params.in_h + taps[oy * 2u + 1u]) * params.in_w;
  let right = taps[column * 2u + 1u];
  let across = shares[column];
  let upper = x[(top + left) * params.blocks + block] * (1.0 - across) + x[(top + right) * params.blocks + block] * across;
  let lower = x[(bottom + left) * params.blocks + block] * (1.0 - across) + x[(bottom + right) * params.blocks + block] * across;
  let down = shares[oy];
  y[i] = upper * (1.0 - down) + lower * down;
#else
  y[i] = x[(top + left) * params.blocks + block];
#endif`,
  });
}
