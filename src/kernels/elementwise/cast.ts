/** Cast → one elementwise dispatch. */
import { CAST_WORKGROUP, castShader } from '../../../shaders/elementwise/cast.ts';
import { wgslScalar } from '../../core/dtype.ts';
import { required, type KernelDefinition } from '../definition.ts';
import { elementwiseVariants } from '../lib/elementwise.ts';

export const cast: KernelDefinition<'Cast'> = {
  kind: 'dispatch',
  variants: elementwiseVariants(CAST_WORKGROUP, (context, operands) => {
    const from = wgslScalar(required(context, 0).dtype);
    return { shader: castShader({ from, to: context.node.attributes.to, operands }) };
  }),
  inputs: [{ lies: 'rows' }],
  outputs: { lies: 'rows' },
};
