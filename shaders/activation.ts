/**
 * Applies an activation to every element.
 *
 * Layout: x and y are dense, same shape, element i to element i.
 * Bindings: 0 x read f32, 1 y read_write f32.
 * Workgroup: 64 × 1 × 1, one element per invocation.
 * Dispatch: dispatch1d(elements, 64).
 * Spec: kind, the activation.
 * Limits: no workgroup storage.
 */
import type { ActivationKind } from '../src/ir/ops.ts';
import { ACTIVATION_PARAMS, activationFunction } from './lib/activation.ts';
import { linearIndex } from './lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from './lib/module.ts';

/** Invocations per workgroup. */
export const ACTIVATION_WORKGROUP = 64;

export interface ActivationSpec {
  readonly kind: ActivationKind;
}

export function activationShader({ kind }: ActivationSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: 'f32' },
      { name: 'y', access: 'read_write', element: 'f32' },
    ],
    params: { count: 'u32', ...ACTIVATION_PARAMS },
    workgroupSize: [ACTIVATION_WORKGROUP, 1, 1],
    declarations: activationFunction(kind, 'f32'),
    body: wgsl`
  ${linearIndex(ACTIVATION_WORKGROUP)}
  if (i >= params.count) { return; }
  y[i] = activate(x[i]);`,
  });
}
