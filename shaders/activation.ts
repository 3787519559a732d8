/**
 * Applies an activation to every element.
 *
 * Layout: x and y are dense, same shape, element i to element i.
 * Bindings: 0 x read f32, 1 y read_write f32 (both vec4 when width is 4).
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64), count = elements / width.
 * Spec: kind, the activation; width 4 when the elements divide by 4.
 * Limits: no workgroup storage.
 */
import type { ActivationKind } from '../src/ir/ops.ts';
import { ACTIVATION_PARAMS, activationFunction } from './lib/activation.ts';
import { linearIndex } from './lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from './lib/module.ts';
import { vectorType } from './lib/numbers.ts';

/** Invocations per workgroup. */
export const ACTIVATION_WORKGROUP = 64;

export interface ActivationSpec {
  readonly kind: ActivationKind;
  readonly width: 1 | 4;
}

export function activationShader({ kind, width }: ActivationSpec): ShaderModule {
  const element = vectorType('f32', width);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element },
      { name: 'y', access: 'read_write', element },
    ],
    params: { count: 'u32', ...ACTIVATION_PARAMS },
    workgroupSize: [ACTIVATION_WORKGROUP, 1, 1],
    declarations: activationFunction(kind, element),
    body: wgsl`
  ${linearIndex(ACTIVATION_WORKGROUP)}
  if (i >= params.count) { return; }
  y[i] = activate(x[i]);`,
  });
}
