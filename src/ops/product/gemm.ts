/** Gemm: activation(alpha·a·b + beta·c) of matrices, either operand optionally transposed. */
import { broadcastShapes } from '../../core/broadcast.ts';
import { isFloat } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import { elementCount, shapeText } from '../../core/tensor.ts';
import { at, sameArray } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand } from '../lib/operands.ts';
import { matrix } from './extents.ts';
import { productParameters } from './parameters.ts';

/** `[M, K]·[K, N]` to `[M, N]`, floats only. Throws ShapeError where inner extents differ or c does not broadcast. */
export const gemm: OpDefinition<'Gemm'> = {
  infer: ({ attributes }, inputs) => {
    const a = operand(inputs, 0);
    const b = operand(inputs, 1);
    if (!isFloat(a.dtype) || !isFloat(b.dtype))
      throw new ShapeError(`Gemm of ${a.dtype} and ${b.dtype} is not defined`);
    const [rows, depth] = matrix(a.shape, attributes.transA);
    const [bDepth, columns] = matrix(b.shape, attributes.transB);
    if (depth !== bDepth) {
      throw new ShapeError(
        `${shapeText([rows, depth])} times ${shapeText([bDepth, columns])}: the inner extents differ`,
      );
    }
    const shape = [rows, columns];
    elementCount(shape);
    const c = inputs[2];
    if (c && !(c.shape.length <= 2 && sameArray(broadcastShapes(c.shape, shape), shape))) {
      throw new ShapeError(`c is ${shapeText(c.shape)}, which does not broadcast to ${shapeText(shape)}`);
    }
    return [{ dtype: a.dtype, shape }];
  },
  reference: lazy(() => import('./product-loop.ts'), 'gemmReference'),
  multiplyAdds: ({ attributes }, inputs, outputs) => {
    const [rows, columns] = at(outputs, 0).shape;
    const [, depth] = matrix(inputs[0]?.shape ?? [], attributes.transA);
    return (rows ?? 0) * (columns ?? 0) * depth;
  },
  parameters: ({ attributes }, inputs) => productParameters(attributes, inputs),
};
