/** NonZero → the positions of elements that are not zero, then their coordinates. */
import { nonZeroShader } from '../../../shaders/index/non-zero.ts';
import { SELECT_WORKGROUP } from '../../../shaders/lib/select.ts';
import { elementCount } from '../../core/tensor.ts';
import { dispatch1d, PLAIN_TRAITS, required, value, variant, type KernelDefinition } from '../definition.ts';
import { listParams } from '../lib/strided.ts';
import { select } from './select.ts';

export const nonZero: KernelDefinition<'NonZero'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: [
    variant(
      'chunks',
      (context) => required(context, 0).shape,
      (context, shape) => {
        const { calls, positions, total } = select(context, 0);
        const bound = elementCount(shape);
        // A scalar has no coordinates.
        if (shape.length === 0 || bound === 0) return calls;
        return [
          ...calls,
          {
            shader: nonZeroShader({ rank: shape.length }),
            operands: [positions, total, value(context.node.outputs[0])],
            params: { bound, ...listParams('d', shape) },
            workgroups: dispatch1d(bound, SELECT_WORKGROUP, context.device),
          },
        ];
      },
    ),
  ],
};
