/** MatMul: NumPy matmul with batch broadcasting, optional transposition of the last two dimensions, bias, activation. */
import { broadcastShapes, broadcastStrides } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { elementCount, shapeText, zeros, type Shape } from '../../core/tensor.ts';
import { at, product, sameArray } from '../../util/arrays.ts';
import { activationFunction } from '../lib/activation.ts';
import type { OpDefinition } from '../definition.ts';
import { loops } from '../lib/loops.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { stridedOffsets } from '../lib/strided.ts';
import { productParameters } from './parameters.ts';

interface Extents {
  readonly batch: readonly number[];
  readonly aBatch: Shape;
  readonly bBatch: Shape;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  /** The result's shape: vectors lose the dimension they were promoted with. */
  readonly shape: readonly number[];
}

interface Transposes {
  readonly transA: boolean;
  readonly transB: boolean;
}

function extentsOf(aShape: Shape, bShape: Shape, { transA, transB }: Transposes): Extents {
  if (aShape.length === 0 || bShape.length === 0) throw new ShapeError('MatMul of a scalar is not defined');
  const a = aShape.length === 1 ? [1, ...aShape] : swap(aShape, transA);
  const b = bShape.length === 1 ? [...bShape, 1] : swap(bShape, transB);
  const [rows, depth] = [at(a, a.length - 2), at(a, a.length - 1)];
  const [bDepth, columns] = [at(b, b.length - 2), at(b, b.length - 1)];
  if (depth !== bDepth) {
    throw new ShapeError(
      `${shapeText(aShape)} times ${shapeText(bShape)}: the inner extents ${depth} and ${bDepth} differ`,
    );
  }
  const [aBatch, bBatch] = [a.slice(0, -2), b.slice(0, -2)];
  const batch = broadcastShapes(aBatch, bBatch);
  const shape = [...batch, ...(aShape.length === 1 ? [] : [rows]), ...(bShape.length === 1 ? [] : [columns])];
  return { batch, aBatch, bBatch, rows, depth, columns, shape };
}

function swap(shape: Shape, transposed: boolean): number[] {
  const [rows, columns] = [at(shape, shape.length - 2), at(shape, shape.length - 1)];
  return [...shape.slice(0, -2), ...(transposed ? [columns, rows] : [rows, columns])];
}

/** NumPy's shapes, operands of one type. Throws ShapeError where inner extents differ or batches do not broadcast. */
export const matMul: OpDefinition<'MatMul'> = {
  infer: ({ attributes }, inputs) => {
    const a = operand(inputs, 0);
    const b = operand(inputs, 1);
    if (a.dtype !== b.dtype) throw new ShapeError(`MatMul of ${a.dtype} and ${b.dtype} is not defined`);
    const { shape, columns } = extentsOf(a.shape, b.shape, attributes);
    elementCount(shape);
    const bias = inputs[2];
    if (bias && !sameArray(bias.shape, [columns])) {
      throw new ShapeError(`the bias is ${shapeText(bias.shape)}, ${columns} columns need ${columns}`);
    }
    return [{ dtype: a.dtype, shape }];
  },
  reference: ({ attributes }, inputs, outputs) => {
    const a = tensorAt(inputs, 0);
    const b = tensorAt(inputs, 1);
    const { batch, aBatch, bBatch, rows, depth, columns } = extentsOf(a.shape, b.shape, attributes);
    const y = zeros(at(outputs, 0).dtype, at(outputs, 0).shape);
    const bias = inputs[2]?.data;
    const activate = activationFunction(attributes.activation);
    const multiply = loops().matrixProduct(a, b, { rows, depth, columns, ...attributes });
    const aMatrices = stridedOffsets(batch, broadcastStrides(aBatch, batch));
    const bMatrices = stridedOffsets(batch, broadcastStrides(bBatch, batch));
    aMatrices.forEach((aMatrix, i) => {
      multiply(aMatrix * rows * depth, (bMatrices[i] ?? 0) * depth * columns, (acc, row) => {
        const start = (i * rows + row) * columns;
        for (let j = 0; j < columns; j++) y.data[start + j] = activate((acc[j] ?? 0) + (bias?.[j] ?? 0));
      });
    });
    return [y];
  },
  multiplyAdds: ({ attributes }, inputs) => {
    const e = extentsOf(inputs[0]?.shape ?? [], inputs[1]?.shape ?? [], attributes);
    return product(e.batch) * e.rows * e.depth * e.columns;
  },
  parameters: ({ attributes }, inputs) => productParameters(attributes, inputs),
};
