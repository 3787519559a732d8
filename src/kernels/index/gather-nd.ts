/** GatherND → one dispatch. */
import { GATHER_ND_WORKGROUP, gatherNDShader } from '../../../shaders/index/gather-nd.ts';
import { elementCount } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import { PLAIN_TRAITS, dispatch1d, required, result, variant, type KernelDefinition } from '../definition.ts';
import { listParams } from '../lib/strided.ts';
import { pickedOperands } from '../lib/counted.ts';

export const gatherND: KernelDefinition<'GatherND'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: [
    variant(
      'scalar',
      (context) => elementCount(result(context).shape),
      (context, count) => {
        if (count === 0) return [];
        const { node, device } = context;
        const x = required(context, 0).shape;
        const indices = required(context, 1).shape;
        const { batchDims } = node.attributes;
        const depth = at(indices, indices.length - 1);
        return [
          {
            shader: gatherNDShader({ depth, counted: context.inputs[2] !== undefined }),
            operands: pickedOperands(node),
            params: {
              count,
              rows: product(indices.slice(batchDims, -1)),
              inner: product(x.slice(batchDims + depth)),
              ...listParams('e', x.slice(batchDims, batchDims + depth)),
            },
            workgroups: dispatch1d(count, GATHER_ND_WORKGROUP, device),
          },
        ];
      },
    ),
  ],
};
