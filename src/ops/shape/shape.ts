/** Shape: the extents of a tensor, known without its elements unless one depends on data. */
import { tensorOf, type Shape, type Tensor } from '../../core/tensor.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';

const extents = (of: Shape): Tensor => tensorOf('int64', [of.length], of);

/** int64 `[R]`. */
export const shape: OpDefinition<'Shape'> = {
  infer: (_node, inputs) => [{ dtype: 'int64', shape: [operand(inputs, 0).shape.length] }],
  counted: (axis) => ({ axis }),
  reference: ({ attributes: { axis = 0 } }, inputs) => {
    const { shape } = tensorAt(inputs, 0);
    const count = inputs[1]?.data[0];
    return [extents(count === undefined ? shape : shape.with(axis, count))];
  },
  fold: (_node, inputs) => {
    const { shape, bounded } = operand(inputs, 0);
    return bounded || inputs[1] ? undefined : extents(shape);
  },
};
