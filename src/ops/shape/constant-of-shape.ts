/** ConstantOfShape: a tensor of the given shape filled with one value. */
import { elementCount, zeros } from '../../core/tensor.ts';
import type { OpDefinition } from '../definition.ts';
import { knownInts, tensorAt } from '../lib/operands.ts';

/** Throws ShapeError on a shape that is not known. */
export const constantOfShape: OpDefinition<'ConstantOfShape'> = {
  infer: (node, inputs) => {
    const shape = knownInts(inputs, 0, 'the shape');
    elementCount(shape);
    return [{ dtype: node.attributes.dtype, shape }];
  },
  shapeInputs: [0],
  reference: ({ attributes: { dtype, value } }, inputs) => {
    const y = zeros(dtype, Array.from(tensorAt(inputs, 0).data));
    y.data.fill(value);
    return [y];
  },
};
