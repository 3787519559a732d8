/** DftMatrix is evaluated while the graph is compiled; one too large for that is made by one dispatch. */
import { DFT_MATRIX_WORKGROUP, dftMatrixShader } from '../../../shaders/shape/dft-matrix.ts';
import { at } from '../../util/arrays.ts';
import { dispatch1d, PLAIN_TRAITS, result, value, variant, type KernelDefinition } from '../definition.ts';

export const dftMatrix: KernelDefinition<'DftMatrix'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: [
    variant(
      'scalar',
      (context) => result(context).shape,
      (context, shape) => {
        const { node, device, constant } = context;
        const [rows, columns] = [at(shape, 0), at(shape, 1)];
        const { inverse, oneSided } = node.attributes;
        const extents = constant(node.inputs[0] ?? '')?.data ?? [];
        const [given = 0, parts = 1] = extents;
        const back = inverse && oneSided;
        // The lengths of even and odd ones with so many one-sided frequencies differ, so it is asked for.
        const [length = back ? 2 * (given - 1) : given] = constant(node.inputs[1] ?? '')?.data ?? [];
        const count = rows * columns;
        if (count === 0) return [];
        return [
          {
            shader: dftMatrixShader({ parts: parts === 2 ? 2 : 1, inverse, oneSided }),
            operands: [value(node.outputs[0])],
            params: { count, columns, length },
            workgroups: dispatch1d(count, DFT_MATRIX_WORKGROUP, device),
          },
        ];
      },
    ),
  ],
};
