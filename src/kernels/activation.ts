/** Activation → one elementwise dispatch. */
import { ACTIVATION_WORKGROUP, activationShader } from '../../shaders/activation.ts';
import { elementCount } from '../core/tensor.ts';
import type { Activation } from '../ir/ops.ts';
import { dispatch1d, result, value, variant, type KernelDefinition } from './definition.ts';

/** Values for `ACTIVATION_PARAMS`, which every kernel with a fused activation carries. */
export function activationParams(activation: Activation): { act_alpha: number; act_beta: number } {
  return { act_alpha: activation.alpha, act_beta: activation.beta };
}

export const activation: KernelDefinition<'Activation'> = {
  kind: 'dispatch',
  variants: [
    variant(
      'elementwise',
      (context) => elementCount(result(context).shape),
      ({ node, device }, count) => [
        {
          shader: activationShader({ kind: node.attributes.activation.kind }),
          operands: [value(node.inputs[0]), value(node.outputs[0])],
          params: { count, ...activationParams(node.attributes.activation) },
          workgroups: dispatch1d(count, ACTIVATION_WORKGROUP, device),
        },
      ],
    ),
  ],
};
