/** Gemm: activation(alpha·a·b + beta·c) of matrices, either operand optionally transposed. */
import { broadcastShapes } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import { elementCount, shapeText } from '../../core/tensor.ts';
import { sameArray } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand } from '../lib/operands.ts';
import { extentsOf, productMultiplyAdds } from './extents.ts';
import { productParameters } from './parameters.ts';
import { requireTypes } from './types.ts';

/**
 * `[M, K]·[K, N]` to `[M, N]`, of floats, or integers of 32 bits and more, which wrap. Throws ShapeError where inner extents
 * differ, c does not broadcast, and a factor of integers is a fraction.
 */
export const gemm: OpDefinition<'Gemm'> = {
  infer: (node, inputs) => {
    const a = operand(inputs, 0);
    const b = operand(inputs, 1);
    for (const { shape } of [a, b]) {
      if (shape.length !== 2) throw new ShapeError(`${shapeText(shape)} is not a matrix`);
    }
    requireTypes(node, inputs);
    const { shape } = extentsOf(a.shape, b.shape, node.attributes);
    elementCount(shape);
    const c = inputs[2];
    if (c && !(c.shape.length <= 2 && sameArray(broadcastShapes(c.shape, shape), shape))) {
      throw new ShapeError(`c is ${shapeText(c.shape)}, which does not broadcast to ${shapeText(shape)}`);
    }
    return [{ dtype: a.dtype, shape }];
  },
  reference: lazy(() => import('./product-loop.ts'), 'gemmReference'),
  multiplyAdds: ({ attributes }, inputs) => productMultiplyAdds(attributes, inputs),
  parameters: ({ attributes }, inputs) => productParameters(attributes, inputs),
};
