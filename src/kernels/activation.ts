/** Activation → one elementwise dispatch. */
import { ACTIVATION_WORKGROUP, activationShader } from '../../shaders/activation.ts';
import { elementCount } from '../core/tensor.ts';
import type { Activation } from '../ir/ops.ts';
import {
  dispatch1d,
  result,
  value,
  variant,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from './definition.ts';

/** Values for `ACTIVATION_PARAMS`, which every kernel with a fused activation carries. */
export function activationParams(activation: Activation): { act_alpha: number; act_beta: number } {
  return { act_alpha: activation.alpha, act_beta: activation.beta };
}

function call(
  { node, device }: LowerContext<'Activation'>,
  elements: number,
  width: 1 | 4,
): Omit<KernelCall, 'variant'> {
  const { activation } = node.attributes;
  const count = elements / width;
  return {
    shader: activationShader({ kind: activation.kind, width }),
    operands: [value(node.inputs[0]), value(node.outputs[0])],
    params: { count, ...activationParams(activation) },
    workgroups: dispatch1d(count, ACTIVATION_WORKGROUP, device),
  };
}

export const activation: KernelDefinition<'Activation'> = {
  kind: 'dispatch',
  variants: [
    variant(
      'vec4',
      (context) => {
        const elements = elementCount(result(context).shape);
        return elements % 4 === 0 ? elements : undefined;
      },
      (context, elements) => [call(context, elements, 4)],
    ),
    variant(
      'scalar',
      (context) => elementCount(result(context).shape),
      (context, elements) => [call(context, elements, 1)],
    ),
  ],
};
