/** Batches of matrices inside tensors, as the kernels of products walk them. */
import { broadcastShapes, broadcastStrides } from '../../core/broadcast.ts';
import { collapse, stridedDims, type StridedDim } from '../../core/strided.ts';
import type { Shape } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';

/** A product `[rows, depth]·[depth, columns]` of each batch. */
export interface MatrixWalk {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  /** How the operands' matrices are stored: a vector has nothing to transpose. */
  readonly transA: boolean;
  readonly transB: boolean;
  /** Batch dimensions, with element strides from matrix to matrix of a and of b. */
  readonly batch: readonly StridedDim[];
}

/** Batch dimensions, and the two extents of each matrix as stored; vectors are matrices of one row or column. */
function matrices(shape: Shape, vector: 'row' | 'column'): { batch: Shape; outer: number; inner: number } {
  const full = shape.length > 1 ? shape : vector === 'row' ? [1, ...shape] : [...shape, 1];
  return { batch: full.slice(0, -2), outer: at(full, full.length - 2), inner: at(full, full.length - 1) };
}

function batchDims(a: Shape, b: Shape, aMatrix: number, bMatrix: number): StridedDim[] {
  const shape = broadcastShapes(a, b);
  if (product(shape) === 1) return [];
  const strides = (batch: Shape, matrix: number): number[] => broadcastStrides(batch, shape).map((s) => s * matrix);
  return collapse(stridedDims(shape, strides(a, aMatrix), strides(b, bMatrix)));
}

/** The products of two tensors, as MatMul has them. A batch whose matrices all meet the same b is one matrix of more rows. */
export function matrixWalk(
  aShape: Shape,
  bShape: Shape,
  transposes: { readonly transA: boolean; readonly transB: boolean },
): MatrixWalk {
  const [a, b] = [matrices(aShape, 'row'), matrices(bShape, 'column')];
  const transA = transposes.transA && aShape.length > 1;
  const transB = transposes.transB && bShape.length > 1;
  const [rows, depth] = transA ? [a.inner, a.outer] : [a.outer, a.inner];
  const columns = transB ? b.outer : b.inner;
  const batch = batchDims(a.batch, b.batch, a.outer * a.inner, b.outer * b.inner);
  const dim = batch[0];
  const isOneMatrix = !transA && batch.length === 1 && dim?.strides[0] === rows * depth && dim.strides[1] === 0;
  const walk = { depth, columns, transA, transB };
  return isOneMatrix ? { ...walk, rows: rows * dim.extent, batch: [] } : { ...walk, rows, batch };
}
