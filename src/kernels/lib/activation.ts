/** Parameters of activations. */
import type { Activation } from '../../ir/ops.ts';

/** Values for `ACTIVATION_PARAMS`, which every kernel with a fused activation carries. */
export function activationParams(activation: Activation): { act_alpha: number; act_beta: number } {
  return { act_alpha: activation.alpha, act_beta: activation.beta };
}
