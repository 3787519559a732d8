/**
 * Puts elements at given places, in three steps over one buffer: y is cleared; each place keeps the greatest number of the
 * elements that go there, counted from 1 in channels-first order; the numbers are replaced by the elements.
 *
 * Layout: x and indices [N, pixels, C]; y [N, out_d, out_h, out_w, C] as words; indices count in channels-first
 *   [N, C, counted_d, counted_h, counted_w]. Dimensions that are not there have extent 1.
 * Bindings: clear: 0 y read_write u32. scatter: 0 indices read i32, 1 y read_write atomic i32. gather: 0 x read u32, 1 y
 *   read_write u32.
 * Workgroup: 64 × 1 × 1.
 * Dispatch: dispatch1d(count, 64), count = elements of y (clear, gather), of x (scatter).
 * Spec: the step.
 * Limits: no workgroup storage; fewer than 2³¹ elements of x.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';

/** Invocations per workgroup. */
export const MAX_UNPOOL_WORKGROUP = 64;

const START = wgsl`
  ${linearIndex(MAX_UNPOOL_WORKGROUP)}
  if (i >= params.count) { return; }`;

/** Zeros everywhere. */
export function unpoolClearShader(): ShaderModule {
  return shaderModule({
    bindings: [{ name: 'y', access: 'read_write', element: 'u32' }],
    params: { count: 'u32' },
    workgroupSize: [MAX_UNPOOL_WORKGROUP, 1, 1],
    body: `${START}
  y[i] = 0u;`,
  });
}

/** The number of the last element that goes to each place. */
export function unpoolScatterShader(): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'indices', access: 'read', element: 'i32' },
      { name: 'y', access: 'read_write', element: 'atomic<i32>' },
    ],
    params: {
      count: 'u32',
      images: 'u32',
      pixels: 'u32',
      channels: 'u32',
      counted_d: 'u32',
      counted_h: 'u32',
      counted_w: 'u32',
      out_d: 'u32',
      out_h: 'u32',
      out_w: 'u32',
    },
    workgroupSize: [MAX_UNPOOL_WORKGROUP, 1, 1],
    body: wgsl`${START}
  let index = indices[i];
  if (index < 0i) { return; }
  let row = u32(index) / params.counted_w;
  let ox = u32(index) - row * params.counted_w;
  let slice = row / params.counted_h;
  let oy = row - slice * params.counted_h;
  let plane = slice / params.counted_d;
  let oz = slice - plane * params.counted_d;
  let image = plane / params.channels;
  if (image >= params.images || oz >= params.out_d || oy >= params.out_h || ox >= params.out_w) { return; }
  let place = ((image * params.out_d + oz) * params.out_h + oy) * params.out_w + ox;
  let pixel = i / params.channels;
  let c = i - pixel * params.channels;
  let n = pixel / params.pixels;
  let number = (n * params.channels + c) * params.pixels + pixel - n * params.pixels;
  atomicMax(&y[place * params.channels + plane - image * params.channels], i32(number + 1u));`,
  });
}

/** The elements in place of their numbers. */
export function unpoolGatherShader(): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: 'u32' },
      { name: 'y', access: 'read_write', element: 'u32' },
    ],
    params: { count: 'u32', pixels: 'u32', channels: 'u32' },
    workgroupSize: [MAX_UNPOOL_WORKGROUP, 1, 1],
    body: wgsl`${START}
  if (y[i] == 0u) { return; }
  let number = y[i] - 1u;
  let plane = number / params.pixels;
  let pixel = number - plane * params.pixels;
  let n = plane / params.channels;
  y[i] = x[(n * params.pixels + pixel) * params.channels + plane - n * params.channels];`,
  });
}
