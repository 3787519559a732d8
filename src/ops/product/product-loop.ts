/** The CPU references of Gemm and MatMul: one loop over two matrices inside tensors, which both take. */
import { broadcastStrides } from '../../core/broadcast.ts';
import { isFloat, type DType, type HostArray } from '../../core/dtype.ts';
import { zeros, type Tensor } from '../../core/tensor.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { activationFunction } from '../lib/activation.ts';
import { readBroadcast } from '../lib/elementwise.ts';
import { tensorAt } from '../lib/operands.ts';
import { reals, rowAccumulator } from '../lib/rows.ts';
import { stridedOffsets } from '../lib/strided.ts';
import { extentsOf } from './extents.ts';

/** Extents of a product `[rows, depth]·[depth, columns]`, and which operand is stored transposed. */
interface ProductSpec {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly transA: boolean;
  readonly transB: boolean;
}

/** Receives one finished row of the product, which is only valid during the call. */
type RowSink = (acc: Float64Array, row: number) => void;

/** Multiplies the matrices which start at elements `aAt` and `bAt`, row by row. */
type MatrixProduct = (aAt: number, bAt: number, sink: RowSink) => void;

function matrixProduct(a: Tensor, b: Tensor, spec: ProductSpec): MatrixProduct {
  if (!isFloat(a.dtype)) return integerProduct(a.data, b.data, spec);
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

/** The same of integers, which wrap to 32 bits: their products may have more than the 53 bits of a double. */
function integerProduct(x: HostArray, w: HostArray, spec: ProductSpec): MatrixProduct {
  const { rows, depth, columns, transA, transB } = spec;
  const acc = new Float64Array(columns);
  const [xRow, xStep] = transA ? [1, rows] : [depth, 1];
  const [wColumn, wStep] = transB ? [depth, 1] : [1, columns];
  return (aAt, bAt, sink) => {
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let k = 0; k < depth; k++) {
          const product = Math.imul(x[aAt + row * xRow + k * xStep] ?? 0, w[bAt + j * wColumn + k * wStep] ?? 0);
          sum = (sum + product) | 0;
        }
        acc[j] = sum;
      }
      sink(acc, row);
    }
  };
}

/** alpha·x + beta·c: of integers the 32 bits that are left of it. */
function tailOf(dtype: DType, { alpha, beta }: OpAttributes['Gemm']): (x: number, c: number) => number {
  if (isFloat(dtype)) return (x, c) => alpha * x + beta * c;
  return (x, c) => Math.imul(alpha, x) + Math.imul(beta, c);
}

/** `OpDefinition.reference` of Gemm. */
export const gemmReference: Reference<'Gemm'> = ({ attributes }, inputs, outputs) => {
  const [a, b] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const extents = extentsOf(a.shape, b.shape, attributes);
  const out = at(outputs, 0);
  const y = zeros(out.dtype, out.shape);
  const { columns } = extents;
  const c = inputs[2];
  const addend = c ? readBroadcast(c, out) : () => 0;
  const activate = activationFunction(attributes.activation);
  const tail = tailOf(out.dtype, attributes);
  const multiply = matrixProduct(a, b, { ...extents, ...attributes });
  multiply(0, 0, (acc, row) => {
    const start = row * columns;
    for (let j = 0; j < columns; j++) y.data[start + j] = activate(tail(acc[j] ?? 0, addend(start + j)));
  });
  return [y];
};

/** `OpDefinition.reference` of MatMul. */
export const matMulReference: Reference<'MatMul'> = ({ attributes }, inputs, outputs) => {
  const a = tensorAt(inputs, 0);
  const b = tensorAt(inputs, 1);
  const { batch, aBatch, bBatch, rows, depth, columns } = extentsOf(a.shape, b.shape, attributes);
  const y = zeros(at(outputs, 0).dtype, at(outputs, 0).shape);
  const bias = inputs[2]?.data;
  const scale = inputs[3]?.data;
  const activate = activationFunction(attributes.activation);
  const multiply = matrixProduct(a, b, { rows, depth, columns, ...attributes });
  const aMatrices = stridedOffsets(batch, broadcastStrides(aBatch, batch));
  const bMatrices = stridedOffsets(batch, broadcastStrides(bBatch, batch));
  aMatrices.forEach((aMatrix, i) => {
    multiply(aMatrix * rows * depth, (bMatrices[i] ?? 0) * depth * columns, (acc, row) => {
      const start = (i * rows + row) * columns;
      for (let j = 0; j < columns; j++)
        y.data[start + j] = activate((acc[j] ?? 0) * (scale?.[j] ?? 1) + (bias?.[j] ?? 0));
    });
  });
  return [y];
};
