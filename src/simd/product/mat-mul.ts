/** MatMul as calls of WASM kernels. */
import { isFloat } from '../../core/dtype.ts';
import type { Shape } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { productCall, rightPanels, transposedRows, ONE_MATRIX, type MatrixChoice } from './product-calls.ts';

/** Calls of a MatMul of floats; nothing where an operand is repeated along one batch dimension between two others. */
export function matMul(context: SimdContext<'MatMul'>): readonly SimdCall[] | undefined {
  const [a, b, bias] = context.inputs;
  const { transA, transB, activation } = context.node.attributes;
  if (!a || !b || ![a, bias ?? a].every(({ dtype }) => isFloat(dtype))) return undefined;
  const [[rows, depth], [bDepth, columns]] = [matrixOf(a.shape, transA, true), matrixOf(b.shape, transB, false)];
  if (depth !== bDepth) return undefined;
  const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const batch = batchOf(aBatch, bBatch);
  const [aChoice, wChoice] = [choose(aBatch, batch), choose(bBatch, batch)];
  if (!aChoice || !wChoice) return undefined;
  const source = { depth, columns, count: wChoice.count, isTransposed: transB && b.shape.length > 1 };
  const right = rightPanels(context, source);
  if (!right) return undefined;
  const isTransposed = transA && a.shape.length > 1;
  const operands = { a: inputOperand(context, 0), w: right.w, y: outputOperand(context), depth, columns, activation };
  // All rows times one matrix are one product.
  const isOne = wChoice.count === 1 && aChoice.each === 1 && !isTransposed;
  const call = productCall(
    isOne
      ? { ...operands, batch: 1, rows: product(batch) * rows }
      : {
          ...operands,
          batch: product(batch),
          rows,
          aChoice,
          wChoice,
          ...(isTransposed && { layout: transposedRows(rows, depth) }),
        },
  );
  return [...right.calls, call];
}

/** Rows and columns of an operand's matrices; a vector is a row on the left, and a column on the right. */
function matrixOf(shape: Shape, isTransposed: boolean, isLeft: boolean): readonly [number, number] {
  if (shape.length === 1) return isLeft ? [1, at(shape, 0)] : [at(shape, 0), 1];
  const [rows, columns] = [at(shape, shape.length - 2), at(shape, shape.length - 1)];
  return isTransposed ? [columns, rows] : [rows, columns];
}

/** Extents of the batch: operands are aligned at their last dimension. */
function batchOf(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  const extent = (shape: Shape, i: number): number => shape[i - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, i) => (extent(a, i) === 1 ? extent(b, i) : extent(a, i)));
}

/** Which matrix of an operand each of the batch takes, where it is repeated only before or behind all that it has. */
function choose(shape: Shape, batch: readonly number[]): MatrixChoice | undefined {
  const count = product(shape);
  if (count === 1) return ONE_MATRIX;
  let each = 1;
  let i = 1;
  while (shape.at(-i) === 1) each *= batch.at(-i++) ?? 1;
  let rest = count;
  while (rest > 1 && shape.at(-i) === batch.at(-i)) rest /= shape.at(-i++) ?? 1;
  return rest === 1 ? { each, count } : undefined;
}
