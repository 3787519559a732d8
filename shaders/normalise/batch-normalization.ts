/**
 * Normalises each channel with trained statistics, then scales, shifts and applies an activation.
 *
 * Layout: element i is of channel (i / inner) % channels; x and y dense, or rows apart as shaders/lib/elementwise.ts says;
 *   with width 4 channels are the last dimension and everything counts in vectors of four.
 * Bindings: 0 x read, 1 scale, 2 bias, 3 mean, 4 variance, all read f32, 5 y read_write; vec4 when width is 4; x and y may
 *   be f16; in place there is no x.
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: operands, an ElementwiseSpec; activation.
 * Limits: no workgroup storage.
 */
import type { ActivationKind } from '../../src/ir/ops.ts';
import { ACTIVATION_PARAMS, activateFunction } from '../lib/activation.ts';
import { elementwiseBindings, elementwiseFields, elementwiseLoad, type ElementwiseSpec } from '../lib/elementwise.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const BATCH_NORMALIZATION_WORKGROUP = 64;

export interface BatchNormalizationSpec {
  readonly operands: ElementwiseSpec;
  readonly activation: ActivationKind;
}

export function batchNormalizationShader({ operands, activation }: BatchNormalizationSpec): ShaderModule {
  const { width, yType } = operands;
  const element = vectorType('f32', width);
  const statistics = ['scale', 'bias', 'mean', 'variance'].map((name) => ({ name, access: 'read', element }) as const);
  return shaderModule({
    bindings: elementwiseBindings(operands, statistics),
    params: { ...elementwiseFields(operands), inner: 'u32', channels: 'u32', epsilon: 'f32', ...ACTIVATION_PARAMS },
    workgroupSize: [BATCH_NORMALIZATION_WORKGROUP, 1, 1],
    declarations: activateFunction(activation, element),
    body: wgsl`
  ${elementwiseLoad(operands, 'f32', BATCH_NORMALIZATION_WORKGROUP)}
  let c = (i / params.inner) % params.channels;
  let normal = (v - mean[c]) / sqrt(variance[c] + params.epsilon);
  y[to] = ${vectorType(yType, width)}(activate(normal * scale[c] + bias[c]));`,
  });
}
