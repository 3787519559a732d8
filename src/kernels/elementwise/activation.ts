/** Activation → one elementwise dispatch. */
import { ACTIVATION_WORKGROUP, activationShader } from '../../../shaders/elementwise/activation.ts';
import type { KernelDefinition } from '../definition.ts';
import { activationParams } from '../lib/activation.ts';
import { ELEMENTWISE_TRAITS, elementwiseVariants } from '../lib/elementwise.ts';

export const activation: KernelDefinition<'Activation'> = {
  kind: 'dispatch',
  variants: elementwiseVariants(ACTIVATION_WORKGROUP, ({ node }, operands) => ({
    shader: activationShader({ kind: node.attributes.activation.kind, operands }),
    params: activationParams(node.attributes.activation),
  })),
  ...ELEMENTWISE_TRAITS,
};
