/** Unary → one elementwise dispatch. */
import { UNARY_WORKGROUP, unaryShader } from '../../../shaders/elementwise/unary.ts';
import { wgslScalar } from '../../core/dtype.ts';
import { required, result, type KernelDefinition } from '../definition.ts';
import { ELEMENTWISE_TRAITS, elementwiseVariants } from '../lib/elementwise.ts';

export const unary: KernelDefinition<'Unary'> = {
  kind: 'dispatch',
  variants: elementwiseVariants(UNARY_WORKGROUP, (context, operands) => {
    const type = wgslScalar(required(context, 0).dtype);
    return {
      shader: unaryShader({ kind: context.node.attributes.kind, type, result: result(context).dtype, operands }),
    };
  }),
  ...ELEMENTWISE_TRAITS,
  isWide: ({ attributes: { kind }, inputs }, isWide) =>
    kind === 'square' || kind === 'exp' || kind === 'reciprocal' || inputs.every(isWide),
  divisor: ({ attributes: { kind } }) => (kind === 'reciprocal' ? 0 : undefined),
};
