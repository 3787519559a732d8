/** ConstantOfShape is evaluated while the graph is compiled; one too large for that is a copy of one element to all. */
import { COPY_WORKGROUP, stridedCopyShader } from '../../../shaders/move/strided-copy.ts';
import { elementCount, tensorOf } from '../../core/tensor.ts';
import { dispatch1d, PLAIN_TRAITS, result, value, variant, type KernelDefinition } from '../definition.ts';

const BITS = { rank: 1, denseOut: true, within: false, width: 1, from: 'u32', to: 'u32' } as const;

export const constantOfShape: KernelDefinition<'ConstantOfShape'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: [
    variant(
      'scalar',
      (context) => elementCount(result(context).shape),
      ({ node, device }, count) => {
        const { dtype, value: element } = node.attributes;
        const call = {
          shader: stridedCopyShader(BITS),
          operands: [{ kind: 'constant', tensor: tensorOf(dtype, [1], [element]) } as const, value(node.outputs[0])],
          params: { count, start: 0, d0: count, s0: 0 },
          workgroups: dispatch1d(count, COPY_WORKGROUP, device),
        };
        return count === 0 ? [] : [call];
      },
    ),
  ],
};
