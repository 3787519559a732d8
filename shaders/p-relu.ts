/**
 * PRelu with a slope that broadcasts.
 *
 * Layout: x and y dense; the slope of position c is at Σ c·t.
 * Bindings: 0 x read f32, 1 slope read f32, 2 y read_write f32 (all vec4 when width is 4; extents count vectors then).
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: rank after collapsing; width 4 when the innermost extent and all outer strides of the slope divide by 4.
 * Limits: no workgroup storage.
 */
import { linearIndex } from './lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from './lib/module.ts';
import { vectorType } from './lib/numbers.ts';
import { coordinates, listFields, stridedOffset } from './lib/strided.ts';

/** Invocations per workgroup. */
export const P_RELU_WORKGROUP = 64;

export interface PReluSpec {
  readonly rank: number;
  readonly width: 1 | 4;
}

export function pReluShader({ rank, width }: PReluSpec): ShaderModule {
  const element = vectorType('f32', width);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element },
      { name: 'slope', access: 'read', element },
      { name: 'y', access: 'read_write', element },
    ],
    params: { count: 'u32', ...listFields('d', rank), ...listFields('t', rank) },
    workgroupSize: [P_RELU_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(P_RELU_WORKGROUP)}
  if (i >= params.count) { return; }
  ${coordinates(rank)}
  let v = x[i];
  y[i] = select(v, v * slope[${stridedOffset(rank, 't')}], v < ${element}());`,
  });
}
