/** GatherND: each row of `indices` names a slice of x; the first `batchDims` dimensions are walked in step. */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, shapeText, zeros, type Shape, type TensorDesc } from '../../core/tensor.ts';
import { at, product, stridesOf } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { checkIndices, checkIndexType, position } from './gather.ts';
import { operand, tensorAt } from '../lib/operands.ts';

function gatheredShape(x: Shape, indices: TensorDesc, batchDims: number): number[] {
  checkIndexType(indices);
  const depth = indices.shape.at(-1) ?? 0;
  const batched = batchDims >= 0 && batchDims < indices.shape.length && batchDims <= x.length;
  const sameBatch = batched && x.slice(0, batchDims).every((d, i) => d === indices.shape[i]);
  if (!sameBatch || depth < 1 || batchDims + depth > x.length) {
    const what = `indices ${shapeText(indices.shape)} into ${shapeText(x)}`;
    throw new ShapeError(`${what} with ${batchDims} batch dimensions do not fit`);
  }
  const out = [...indices.shape.slice(0, -1), ...x.slice(batchDims + depth)];
  elementCount(out);
  return out;
}

/** `indices[…, :]` and what is left of x behind them. Throws ShapeError where they do not fit, or an index is known and outside. */
export const gatherND: OpDefinition<'GatherND'> = {
  infer: (node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    const indices = operand(inputs, 1);
    const { batchDims } = node.attributes;
    const gathered = gatheredShape(shape, indices, batchDims);
    checkIndices(indices, shape.slice(batchDims, batchDims + (indices.shape.at(-1) ?? 0)));
    return [{ dtype, shape: gathered }];
  },
  bounded: ({ attributes: { batchDims } }, input, axis, inputs) => {
    const { shape } = operand(inputs, 1);
    const rank = shape.length - 1;
    if (input === 1) return axis >= batchDims && axis < rank ? axis : undefined;
    const behind = axis - batchDims - at(shape, rank);
    if (behind >= 0) return rank + behind;
    // They go into as many as there are.
    return axis >= batchDims && inputs[2] ? null : undefined;
  },
  reference: ({ attributes: { batchDims } }, inputs) => {
    const x = tensorAt(inputs, 0);
    const indices = tensorAt(inputs, 1);
    const y = zeros(x.dtype, gatheredShape(x.shape, indices, batchDims));
    const depth = indices.shape.at(-1) ?? 0;
    const strides = stridesOf(x.shape);
    const inner = product(x.shape.slice(batchDims + depth));
    const batchStride = product(x.shape.slice(batchDims));
    const rows = product(indices.shape.slice(0, -1));
    const rowsPerBatch = product(indices.shape.slice(batchDims, -1));
    for (let row = 0; row < rows; row++) {
      let from = Math.floor(row / rowsPerBatch) * batchStride;
      for (let q = 0; q < depth; q++) {
        const axis = batchDims + q;
        from += position(indices.data[row * depth + q] ?? 0, at(x.shape, axis)) * at(strides, axis);
      }
      y.data.set(x.data.subarray(from, from + inner), row * inner);
    }
    return [y];
  },
};
