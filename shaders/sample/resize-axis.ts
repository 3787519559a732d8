/**
 * Moves the elements of one dimension by a table made on the host: each output element is one of the input's.
 *
 * Layout: x[(outer·inputs + k)·blocks + block], y likewise with outputs; places holds the input element of each output
 *   position.
 * Bindings: 0 x read u32 (bits), 1 places read u32, 2 y read_write u32; x and y vec4 when width is 4.
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64), count = outer · outputs · blocks.
 * Spec: width 4 where blocks are of four.
 * Limits: no workgroup storage.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const RESIZE_AXIS_WORKGROUP = 64;

export function resizeAxisShader({ width }: { readonly width: 1 | 4 }): ShaderModule {
  const element = vectorType('u32', width);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element },
      { name: 'places', access: 'read', element: 'u32' },
      { name: 'y', access: 'read_write', element },
    ],
    params: { count: 'u32', blocks: 'u32', inputs: 'u32', outputs: 'u32' },
    workgroupSize: [RESIZE_AXIS_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(RESIZE_AXIS_WORKGROUP)}
  if (i >= params.count) { return; }
  let row = i / params.blocks;
  let block = i - row * params.blocks;
  let outer = row / params.outputs;
  let o = row - outer * params.outputs;
  y[i] = x[(outer * params.inputs + places[o]) * params.blocks + block];`,
  });
}
