/** LRN → one dispatch. */
import { LRN_WORKGROUP, lrnShader } from '../../../shaders/normalise/lrn.ts';
import { elementCount } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import { PLAIN_TRAITS, dispatch1d, required, value, variant, type KernelDefinition } from '../definition.ts';

export const lrn: KernelDefinition<'LRN'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: [
    variant(
      'elementwise',
      (context) => required(context, 0).shape,
      ({ node, device }, shape) => {
        const { size, alpha, beta, bias } = node.attributes;
        const count = elementCount(shape);
        const before = Math.floor((size - 1) / 2);
        const channels = at(shape, shape.length - 1);
        return [
          {
            shader: lrnShader(),
            operands: [value(node.inputs[0]), value(node.outputs[0])],
            params: {
              count,
              channels,
              // A window over more channels than there are ends with them.
              before: Math.min(before, channels),
              after: Math.min(size - 1 - before, channels),
              factor: alpha / size,
              beta,
              bias,
            },
            workgroups: dispatch1d(count, LRN_WORKGROUP, device),
          },
        ];
      },
    ),
  ],
};
