/** ReverseSequence → one dispatch. */
import { REVERSE_SEQUENCE_WORKGROUP, reverseSequenceShader } from '../../../shaders/move/reverse-sequence.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import { elementCount } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import { PLAIN_TRAITS, dispatch1d, result, value, variant, type KernelDefinition } from '../definition.ts';

export const reverseSequence: KernelDefinition<'ReverseSequence'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: [
    variant(
      'scalar',
      (context) => result(context).shape,
      ({ node, device }, shape) => {
        const count = elementCount(shape);
        if (count === 0) return [];
        const [batch, time] = [node.attributes.batchAxis, node.attributes.timeAxis].map((axis) =>
          normalizeAxis(axis, shape.length),
        );
        const inner = (axis = 0): number => product(shape.slice(axis + 1));
        return [
          {
            shader: reverseSequenceShader(),
            operands: [...node.inputs, ...node.outputs].map(value),
            params: {
              count,
              times: at(shape, time ?? 0),
              time_inner: inner(time),
              batches: at(shape, batch ?? 0),
              batch_inner: inner(batch),
            },
            workgroups: dispatch1d(count, REVERSE_SEQUENCE_WORKGROUP, device),
          },
        ];
      },
    ),
  ],
};
