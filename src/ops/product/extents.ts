/** The extents of products: what inference, cost and the references of Gemm and MatMul agree on. */
import { broadcastShapes } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { shapeText, type Shape } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import type { InputDescs } from '../definition.ts';

/** Extents of a MatMul of vectors, matrices or batches of them. */
export interface ProductExtents {
  /** Leading extents of the result, and of each operand: they broadcast. */
  readonly batch: readonly number[];
  readonly aBatch: Shape;
  readonly bBatch: Shape;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  /** The result's shape: vectors lose the dimension they were promoted with. */
  readonly shape: readonly number[];
}

/** Which operands have their last two dimensions swapped. */
export interface Transposes {
  readonly transA: boolean;
  readonly transB: boolean;
}

/** The extents of a MatMul. Throws ShapeError when the operands do not fit. */
export function extentsOf(aShape: Shape, bShape: Shape, { transA, transB }: Transposes): ProductExtents {
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

/** `OpDefinition.multiplyAdds` of products. */
export function productMultiplyAdds(attributes: Transposes, [a, b]: InputDescs): number {
  const { batch, rows, depth, columns } = extentsOf(a?.shape ?? [], b?.shape ?? [], attributes);
  return product(batch) * rows * depth * columns;
}
