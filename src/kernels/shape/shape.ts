/** Shape is evaluated while the graph is compiled, but for an extent that depends on data: its count is read there. */
import { shapeShader } from '../../../shaders/shape/shape.ts';
import { PLAIN_TRAITS, required, value, variant, type KernelDefinition } from '../definition.ts';
import { listParams } from '../lib/strided.ts';

export const shape: KernelDefinition<'Shape'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: [
    variant(
      'count',
      ({ node }) => node.attributes.axis,
      (context, axis) => [
        {
          shader: shapeShader({ rank: required(context, 0).shape.length, axis }),
          operands: [value(context.node.inputs[1]), value(context.node.outputs[0])],
          params: listParams('d', required(context, 0).shape),
          workgroups: [1, 1, 1],
        },
      ],
    ),
  ],
};
