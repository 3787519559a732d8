/** Activation → one elementwise dispatch. */
import { ACTIVATION_WORKGROUP, activationShader } from '../../shaders/activation.ts';
import type { Activation } from '../ir/ops.ts';
import type { KernelDefinition } from './definition.ts';
import { ELEMENTWISE_TRAITS, elementwiseVariants } from './elementwise.ts';

/** Values for `ACTIVATION_PARAMS`, which every kernel with a fused activation carries. */
export function activationParams(activation: Activation): { act_alpha: number; act_beta: number } {
  return { act_alpha: activation.alpha, act_beta: activation.beta };
}

export const activation: KernelDefinition<'Activation'> = {
  kind: 'dispatch',
  variants: elementwiseVariants(ACTIVATION_WORKGROUP, ({ node }, operands) => ({
    shader: activationShader({ kind: node.attributes.activation.kind, operands }),
    params: activationParams(node.attributes.activation),
  })),
  ...ELEMENTWISE_TRAITS,
};
