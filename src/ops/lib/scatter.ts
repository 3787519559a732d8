/** Writing updates over elements, one after the other: what ScatterElements and ScatterND have in common. */
import { isFloat, type DType } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { shapeText, zeros, type Tensor, type TensorDesc } from '../../core/tensor.ts';
import type { ScatterReduction } from '../../ir/ops.ts';
import { at, sameArray } from '../../util/arrays.ts';

/** Throws ShapeError unless the updates are of the type of x and of this shape, and the reduction is defined on it. */
export function checkUpdates(
  { dtype }: TensorDesc,
  updates: TensorDesc,
  shape: readonly number[],
  reduction: ScatterReduction,
): void {
  if (updates.dtype !== dtype) throw new ShapeError(`updates of ${updates.dtype} go into ${dtype}`);
  if (!sameArray(updates.shape, shape)) {
    throw new ShapeError(`updates are ${shapeText(updates.shape)}, not ${shapeText(shape)}`);
  }
  if (reduction !== 'none' && dtype === 'bool') throw new ShapeError(`${reduction} is not defined on bool`);
}

/** What becomes of an element and an update. Integers wrap as they are stored; NaN is the extreme of whatever it meets. */
function joined(reduction: ScatterReduction, dtype: DType): (old: number, update: number) => number {
  switch (reduction) {
    case 'none':
      return (_, update) => update;
    case 'add':
      return (old, update) => old + update;
    case 'mul':
      return isFloat(dtype) ? (old, update) => old * update : Math.imul;
    case 'max':
      return Math.max;
    case 'min':
      return Math.min;
  }
}

/** x with the updates joined to its elements, the i-th to that at `targetOf(i)`; −1 leaves it out. Sums are of float64. */
export function scattered(
  x: Tensor,
  updates: Tensor,
  reduction: ScatterReduction,
  targetOf: (i: number) => number,
): Tensor {
  const y = zeros(x.dtype, x.shape);
  const join = joined(reduction, x.dtype);
  const sums = isFloat(x.dtype) ? Float64Array.from(x.data) : y.data;
  if (!isFloat(x.dtype)) y.data.set(x.data);
  for (let i = 0; i < updates.data.length; i++) {
    const target = targetOf(i);
    if (target >= 0) sums[target] = join(at(sums, target), at(updates.data, i));
  }
  if (isFloat(x.dtype)) y.data.set(sums);
  return y;
}
