/** What every producer does to its accumulators before it writes them: bias, residual, activation. */
import type { ActivationKind } from '../../src/ir/ops.ts';
import { ACTIVATION_PARAMS, activationFunction } from './activation.ts';
import type { Binding, ParamFields } from './module.ts';
import { wgsl } from './module.ts';
import { vectorType } from './numbers.ts';

/** The fused tail of a kernel. */
export interface EpilogueSpec {
  readonly bias: boolean;
  readonly residual: boolean;
  readonly activation: ActivationKind;
}

/** Bindings the epilogue adds, after the operands and before the output. The residual is read as wide as the output. */
export function epilogueBindings({ bias, residual }: EpilogueSpec, width: 1 | 4): Binding[] {
  return [
    ...(bias ? [{ name: 'bias', access: 'read', element: 'f32' } as const] : []),
    ...(residual ? [{ name: 'residual', access: 'read', element: vectorType('f32', width) } as const] : []),
  ];
}

/** Parameters the epilogue adds. */
export const EPILOGUE_PARAMS: ParamFields = ACTIVATION_PARAMS;

/**
 * Declares `fn finish(acc: vec4<f32>, at: u32, channel: u32, lanes: u32)`, which writes up to four channels of `y` from
 * element `at` on. `width` 4 writes a vector (`at` is a multiple of 4), 1 writes `lanes` single elements.
 * `biasAt` is the index expression of lane `j`'s bias.
 */
export function finishFunction(spec: EpilogueSpec, width: 1 | 4): string {
  return wgsl`
${activationFunction(spec.activation, 'vec4<f32>')}
fn finish(acc: vec4<f32>, at: u32, lanes: u32) {
  var v = acc;
#if ${width === 4}
#if ${spec.residual}
  v += residual[at / 4u];
#endif
  y[at / 4u] = activate(v);
#else
#if ${spec.residual}
  v += vec4<f32>(residual[at], residual[at + 1u], residual[at + 2u], residual[at + 3u]);
#endif
  v = activate(v);
  for (var j = 0u; j < lanes; j++) { y[at + j] = v[j]; }
#endif
}`;
}

/** The four biases from `channel` (an expression) on. Past the end they are whatever: those lanes are not written. */
export function biasVector(channel: string, stride = ''): string {
  const index = (j: number): string => `bias[${channel} + ${j}u${stride ? ` * ${stride}` : ''}]`;
  return `vec4<f32>(${[0, 1, 2, 3].map(index).join(', ')})`;
}
