/**
 * Applies an activation to every element.
 *
 * Layout: x and y have the same shape, element i to element i; dense, or rows apart as shaders/lib/elementwise.ts says.
 * Bindings: 0 x read f32 or f16, 1 y read_write likewise (both vec4 when width is 4); in place only y.
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64), count = elements / width.
 * Spec: kind, the activation; operands, an ElementwiseSpec.
 * Limits: no workgroup storage.
 */
import type { ActivationKind } from '../../src/ir/ops.ts';
import { ACTIVATION_PARAMS, activateFunction } from '../lib/activation.ts';
import { elementwiseBindings, elementwiseFields, elementwiseLoad, type ElementwiseSpec } from '../lib/elementwise.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const ACTIVATION_WORKGROUP = 64;

export interface ActivationSpec {
  readonly kind: ActivationKind;
  readonly operands: ElementwiseSpec;
}

export function activationShader({ kind, operands }: ActivationSpec): ShaderModule {
  const { width, yType } = operands;
  // Of integers, float32 would keep 24 bits.
  const whole = yType === 'i32' && kind === 'relu';
  return shaderModule({
    bindings: elementwiseBindings(operands),
    params: { ...elementwiseFields(operands), ...ACTIVATION_PARAMS },
    workgroupSize: [ACTIVATION_WORKGROUP, 1, 1],
    declarations: activateFunction(kind, vectorType('f32', width)),
    body: wgsl`
  ${elementwiseLoad(operands, whole ? yType : 'f32', ACTIVATION_WORKGROUP)}
  y[to] = ${vectorType(yType, width)}(${whole ? 'max(v, v - v)' : 'activate(v)'});`,
  });
}
