/** MatMul: NumPy matmul with batch broadcasting, optional transposition of the last two dimensions, bias, activation. */
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import { elementCount, shapeText } from '../../core/tensor.ts';
import { sameArray } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand } from '../lib/operands.ts';
import { areWeights } from '../lib/weights.ts';
import { extentsOf, productMultiplyAdds } from './extents.ts';
import { productParameters } from './parameters.ts';
import { requireTypes } from './types.ts';

/**
 * NumPy's shapes, operands of one type: floats, or integers of 32 bits and more, which wrap. Throws ShapeError where inner
 * extents differ or batches do not broadcast.
 */
export const matMul: OpDefinition<'MatMul'> = {
  infer: (node, inputs) => {
    const a = operand(inputs, 0);
    const b = operand(inputs, 1);
    const { shape, columns } = extentsOf(a.shape, b.shape, node.attributes);
    if (inputs[3] ? !areWeights(b, inputs[3], columns) : a.dtype !== b.dtype) {
      throw new ShapeError(`MatMul of ${a.dtype} and ${b.dtype} is not defined`);
    }
    const bias = inputs[2];
    requireTypes(node, [a, bias]);
    elementCount(shape);
    if (bias && !sameArray(bias.shape, [columns])) {
      throw new ShapeError(`the bias is ${shapeText(bias.shape)}, ${columns} columns need ${columns}`);
    }
    return [{ dtype: a.dtype, shape }];
  },
  reference: lazy(() => import('./product-loop.ts'), 'matMulReference'),
  multiplyAdds: ({ attributes }, inputs) => productMultiplyAdds(attributes, inputs),
  parameters: ({ attributes }, inputs) => productParameters(attributes, inputs),
};
