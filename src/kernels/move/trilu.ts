/** Trilu → one dispatch. */
import { TRILU_WORKGROUP, triluShader } from '../../../shaders/move/trilu.ts';
import { elementCount } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import { PLAIN_TRAITS, dispatch1d, result, value, variant, type KernelDefinition } from '../definition.ts';

export const trilu: KernelDefinition<'Trilu'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: [
    variant(
      'scalar',
      (context) => result(context).shape,
      ({ node, device }, shape) => {
        const count = elementCount(shape);
        if (count === 0) return [];
        return [
          {
            shader: triluShader(node.attributes),
            operands: [...node.inputs, ...node.outputs].map(value),
            params: { count, rows: at(shape, shape.length - 2), columns: at(shape, shape.length - 1) },
            workgroups: dispatch1d(count, TRILU_WORKGROUP, device),
          },
        ];
      },
    ),
  ],
};
