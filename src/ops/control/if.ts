/** If: one of two values, as a condition says. What only the other needs is passed over where the condition is known. */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, shapeText, type Tensor } from '../../core/tensor.ts';
import { sameArray } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';

/**
 * Both are of one type and one shape: where they are not, the condition must be known while compiling, and then no node is
 * left (`passes/branches.ts`). Throws ShapeError on a condition that is not one bool.
 */
export const ifElse: OpDefinition<'If'> = {
  infer: (_node, inputs) => {
    const [condition, a, b] = [operand(inputs, 0), operand(inputs, 1), operand(inputs, 2)];
    if (condition.dtype !== 'bool' || elementCount(condition.shape) !== 1) {
      throw new ShapeError(`the condition is ${condition.dtype} ${shapeText(condition.shape)}, not one bool`);
    }
    if (a.dtype !== b.dtype || !sameArray(a.shape, b.shape)) {
      const both = [a, b].map(({ dtype, shape }) => `${dtype} ${shapeText(shape)}`);
      throw new ShapeError(`the branches give ${both.join(' and ')}, and which one is taken depends on the data`);
    }
    return [{ dtype: a.dtype, shape: a.shape }];
  },
  reference: (_node, inputs): Tensor[] => [tensorAt(inputs, tensorAt(inputs, 0).data[0] === 0 ? 2 : 1)],
};
