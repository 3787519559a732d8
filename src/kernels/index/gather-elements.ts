/** GatherElements → one dispatch. */
import { GATHER_ELEMENTS_WORKGROUP, gatherElementsShader } from '../../../shaders/index/gather-elements.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import { elementCount } from '../../core/tensor.ts';
import { at, stridesOf } from '../../util/arrays.ts';
import { PLAIN_TRAITS, dispatch1d, required, variant, type KernelDefinition } from '../definition.ts';
import { besideAxis } from '../lib/beside-axis.ts';
import { pickedOperands } from '../lib/counted.ts';
import { listParams } from '../lib/strided.ts';

export const gatherElements: KernelDefinition<'GatherElements'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  variants: [
    variant(
      'scalar',
      (context) => elementCount(required(context, 1).shape),
      (context, count) => {
        if (count === 0) return [];
        const { node, device } = context;
        const x = required(context, 0).shape;
        const axis = normalizeAxis(node.attributes.axis, x.length);
        const { before, along, after } = besideAxis(required(context, 1).shape, axis, stridesOf(x));
        const dims = [...before, along, ...after];
        return [
          {
            shader: gatherElementsShader({
              rank: dims.length,
              axis: before.length,
              counted: context.inputs[2] !== undefined,
            }),
            operands: pickedOperands(node),
            params: {
              count,
              extent: at(x, axis),
              ...listParams(
                'd',
                dims.map(({ extent }) => extent),
              ),
              ...listParams(
                's',
                dims.map(({ strides }) => at(strides, 0)),
              ),
            },
            workgroups: dispatch1d(count, GATHER_ELEMENTS_WORKGROUP, device),
          },
        ];
      },
    ),
  ],
};
