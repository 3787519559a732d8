/** Compress → the positions where the condition holds, then a copy of what is there. */
import { compressShader } from '../../../shaders/index/compress.ts';
import { SELECT_WORKGROUP } from '../../../shaders/lib/select.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import { elementCount } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import { dispatch1d, PLAIN_TRAITS, required, result, value, variant, type KernelDefinition } from '../definition.ts';
import { select } from './select.ts';

export const compress: KernelDefinition<'Compress'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  chooses: () => [1],
  variants: [
    variant(
      'chunks',
      (context) => required(context, 0).shape,
      (context, shape) => {
        const { calls, positions, total } = select(context, 1);
        const { node, device } = context;
        const y = result(context).shape;
        const axis = normalizeAxis(node.attributes.axis, shape.length);
        const count = elementCount(y);
        if (count === 0) return calls;
        return [
          ...calls,
          {
            shader: compressShader(),
            operands: [value(node.inputs[0]), positions, total, value(node.outputs[0])],
            params: { count, bound: at(y, axis), extent: at(shape, axis), inner: product(shape.slice(axis + 1)) },
            workgroups: dispatch1d(count, SELECT_WORKGROUP, device),
          },
        ];
      },
    ),
  ],
};
