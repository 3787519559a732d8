/** Gemm: activation(alpha·a·b + beta·c) of matrices, either operand optionally transposed. */
import { broadcastShapes } from '../../core/broadcast.ts';
import { isFloat } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { elementCount, shapeText, zeros, type Shape } from '../../core/tensor.ts';
import { at, sameArray } from '../../util/arrays.ts';
import { activationFunction } from '../lib/activation.ts';
import type { OpDefinition } from '../definition.ts';
import { broadcastTo } from '../lib/elementwise.ts';
import { loops } from '../lib/loops.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { productParameters } from './parameters.ts';

/** Rows and columns after the optional transposition. */
function matrix(shape: Shape, transposed: boolean): readonly [number, number] {
  if (shape.length !== 2) throw new ShapeError(`${shapeText(shape)} is not a matrix`);
  return transposed ? [at(shape, 1), at(shape, 0)] : [at(shape, 0), at(shape, 1)];
}

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
  reference: ({ attributes }, inputs, outputs) => {
    const { transA, transB, alpha, beta } = attributes;
    const a = tensorAt(inputs, 0);
    const [rows, depth] = matrix(a.shape, transA);
    const out = at(outputs, 0);
    const y = zeros(out.dtype, out.shape);
    const columns = at(out.shape, 1);
    const c = inputs[2];
    const addend = c ? broadcastTo(c, out) : () => 0;
    const activate = activationFunction(attributes.activation);
    const multiply = loops().matrixProduct(a, tensorAt(inputs, 1), { rows, depth, columns, transA, transB });
    multiply(0, 0, (acc, row) => {
      const start = row * columns;
      for (let j = 0; j < columns; j++) y.data[start + j] = activate(alpha * (acc[j] ?? 0) + beta * addend(start + j));
    });
    return [y];
  },
  multiplyAdds: ({ attributes }, inputs, outputs) => {
    const [rows, columns] = at(outputs, 0).shape;
    const [, depth] = matrix(inputs[0]?.shape ?? [], attributes.transA);
    return (rows ?? 0) * (columns ?? 0) * depth;
  },
  parameters: ({ attributes }, inputs) => productParameters(attributes, inputs),
};
