/** ArgReduce → one dispatch. */
import { ARG_REDUCE_WORKGROUP, argReduceShader } from '../../../shaders/reduce/arg-reduce.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import { wgslScalar } from '../../core/dtype.ts';
import { elementCount } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import { PLAIN_TRAITS, dispatch1d, required, result, value, variant, type KernelDefinition } from '../definition.ts';

export const argReduce: KernelDefinition<'ArgReduce'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: [
    variant(
      'serial',
      (context) => elementCount(result(context).shape),
      (context, count) => {
        if (count === 0) return [];
        const { node, device } = context;
        const { dtype, shape } = required(context, 0);
        const { kind, last } = node.attributes;
        const axis = normalizeAxis(node.attributes.axis, shape.length);
        return [
          {
            shader: argReduceShader({ kind, last, type: wgslScalar(dtype) }),
            operands: [value(node.inputs[0]), value(node.outputs[0])],
            params: { count, n: at(shape, axis), inner: product(shape.slice(axis + 1)) },
            workgroups: dispatch1d(count, ARG_REDUCE_WORKGROUP, device),
          },
        ];
      },
    ),
  ],
};
