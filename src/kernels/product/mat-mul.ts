/** MatMul → one batched matrix product. */
import { floatStorage } from '../../core/storage.ts';
import { broadcastShapes, broadcastStrides } from '../../core/broadcast.ts';
import { FLOATS } from '../../core/dtype.ts';
import type { Shape } from '../../core/tensor.ts';
import { at, product as count } from '../../util/arrays.ts';
import { required, value, type KernelDefinition, type LowerContext } from '../definition.ts';
import { epilogueOf } from '../lib/epilogue.ts';
import type { Product } from './product.ts';
import { subgroupPart } from './subgroups.ts';
import { preferredProducts, productVariants } from './variants.ts';
import { collapse, stridedDims, type StridedDim } from '../lib/strided.ts';

/** Batch dimensions, and the two extents of each matrix as stored; vectors are matrices of one row or column. */
function matrices(shape: Shape, vector: 'row' | 'column'): { batch: Shape; outer: number; inner: number } {
  const full = shape.length > 1 ? shape : vector === 'row' ? [1, ...shape] : [...shape, 1];
  return { batch: full.slice(0, -2), outer: at(full, full.length - 2), inner: at(full, full.length - 1) };
}

/** The walk over batches, with element strides from matrix to matrix of a and of b. */
function batchDims(a: Shape, b: Shape, aMatrix: number, bMatrix: number): StridedDim[] {
  const shape = broadcastShapes(a, b);
  if (count(shape) === 1) return [];
  const strides = (batch: Shape, matrix: number): number[] => broadcastStrides(batch, shape).map((s) => s * matrix);
  return collapse(stridedDims(shape, strides(a, aMatrix), strides(b, bMatrix)));
}

function productOf(context: LowerContext<'MatMul'>): Product {
  const { node } = context;
  const [aShape, bShape] = [required(context, 0).shape, required(context, 1).shape];
  const a = matrices(aShape, 'row');
  const b = matrices(bShape, 'column');
  // A vector has nothing to transpose.
  const transA = node.attributes.transA && aShape.length > 1;
  const transB = node.attributes.transB && bShape.length > 1;
  const bias = node.inputs[2];
  const columns = transB ? b.outer : b.inner;
  const epilogue = epilogueOf(context, node.attributes.activation, { bias: 2 });
  return withMergedRows({
    rows: transA ? a.inner : a.outer,
    depth: transA ? a.outer : a.inner,
    columns,
    transA,
    transB,
    batch: batchDims(a.batch, b.batch, a.outer * a.inner, b.outer * b.inner),
    a: value(node.inputs[0]),
    aPlacement: required(context, 0).placement,
    aType: floatStorage(required(context, 0)),
    b: value(node.inputs[1]),
    bType: floatStorage(required(context, 1)),
    constantB: context.constant(node.inputs[1] ?? ''),
    bias: bias ? { rowStride: 0, columnStride: 1 } : undefined,
    // The rows of the product, which are not those of the output where b is a vector.
    epilogue: { ...epilogue, params: { ...epilogue.params, y_pitch: columns } },
  });
}

/** A batch whose matrices all meet the same b is one matrix of more rows. */
function withMergedRows(p: Product): Product {
  const dim = p.batch[0];
  const isOneMatrix = p.batch.length === 1 && dim?.strides[0] === p.rows * p.depth && dim.strides[1] === 0;
  return isOneMatrix && !p.transA ? { ...p, rows: p.rows * dim.extent, batch: [] } : p;
}

export const matMul: KernelDefinition<'MatMul'> = {
  kind: 'dispatch',
  inputs: [{ dtypes: FLOATS, storage: ['f16'] }, { storage: ['f16'] }, {}],
  outputs: { storage: ['f16'] },
  variants: productVariants(productOf),
  parts: [subgroupPart],
  preferred: (context) => preferredProducts(productOf(context), context.device),
};
