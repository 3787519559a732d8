/** Products of two matrices inside tensors: the loop behind the Gemm and MatMul references. */
import type { Tensor } from '../../core/tensor.ts';
import { reals, rowAccumulator } from '../lib/rows.ts';

/** Extents of a product `[rows, depth]·[depth, columns]`, and which operand is stored transposed. */
export interface ProductSpec {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly transA: boolean;
  readonly transB: boolean;
}

/** Receives one finished row of the product, which is only valid during the call. */
export type RowSink = (acc: Float64Array, row: number) => void;

/** A function that multiplies the matrices which start at elements `aAt` and `bAt`, row by row. */
export function matrixProduct(
  a: Tensor,
  b: Tensor,
  spec: ProductSpec,
): (aAt: number, bAt: number, sink: RowSink) => void {
  const { rows, depth, columns, transA, transB } = spec;
  const x = reals(a);
  const w = reals(b);
  const acc = new Float64Array(columns);
  const step = transA ? rows : 1;
  const add = rowAccumulator({ acc, x, w, rowStride: columns, width: columns, step });
  const dot = (xAt: number, wAt: number): number => {
    let sum = 0;
    for (let k = 0; k < depth; k++) sum += (x[xAt + k * step] ?? 0) * (w[wAt + k] ?? 0);
    return sum;
  };
  return (aAt, bAt, sink) => {
    for (let row = 0; row < rows; row++) {
      const xAt = aAt + (transA ? row : row * depth);
      if (transB) for (let j = 0; j < columns; j++) acc[j] = dot(xAt, bAt + j * depth);
      else add(xAt, bAt, 0, depth);
      sink(acc, row);
      acc.fill(0);
    }
  };
}
