/** Shape: the extents of a tensor, known without its elements unless one depends on data. */
import { tensorOf, type Shape, type Tensor } from '../../core/tensor.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';

const extents = (of: Shape): Tensor => tensorOf('int64', [of.length], of);

/** int64 `[R]`. */
export const shape: OpDefinition<'Shape'> = {
  infer: (_node, inputs) => [{ dtype: 'int64', shape: [operand(inputs, 0).shape.length] }],
  counted: (axis) => ({ axis }),
  reference: (_node, inputs) => [extents(tensorAt(inputs, 0).shape)],
  fold: (_node, inputs) => {
    const { shape, bounded } = operand(inputs, 0);
    return bounded ? undefined : extents(shape);
  },
};
