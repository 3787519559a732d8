/**
 * Normalises each channel with trained statistics, then scales, shifts and applies an activation.
 *
 * Layout: x and y dense, element i of channel (i / inner) % channels; with width 4 channels are the last dimension and
 *   everything counts in vectors of four.
 * Bindings: 0 x, 1 scale, 2 bias, 3 mean, 4 variance, all read, 5 y read_write; f32, or vec4 when width is 4.
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: width 1 or 4; activation.
 * Limits: no workgroup storage.
 */
import type { ActivationKind } from '../src/ir/ops.ts';
import { ACTIVATION_PARAMS, activationFunction } from './lib/activation.ts';
import { linearIndex } from './lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from './lib/module.ts';
import { vectorType } from './lib/numbers.ts';

/** Invocations per workgroup. */
export const BATCH_NORMALIZATION_WORKGROUP = 64;

export interface BatchNormalizationSpec {
  readonly width: 1 | 4;
  readonly activation: ActivationKind;
}

export function batchNormalizationShader({ width, activation }: BatchNormalizationSpec): ShaderModule {
  const element = vectorType('f32', width);
  const operands = ['x', 'scale', 'bias', 'mean', 'variance'];
  return shaderModule({
    bindings: [
      ...operands.map((name) => ({ name, access: 'read', element }) as const),
      { name: 'y', access: 'read_write', element },
    ],
    params: { count: 'u32', inner: 'u32', channels: 'u32', epsilon: 'f32', ...ACTIVATION_PARAMS },
    workgroupSize: [BATCH_NORMALIZATION_WORKGROUP, 1, 1],
    declarations: activationFunction(activation, element),
    body: wgsl`
  ${linearIndex(BATCH_NORMALIZATION_WORKGROUP)}
  if (i >= params.count) { return; }
  let c = (i / params.inner) % params.channels;
  let normal = (x[i] - mean[c]) / sqrt(variance[c] + params.epsilon);
  y[i] = activate(normal * scale[c] + bias[c]);`,
  });
}
