/** Det: determinants of square matrices. */
import { isFloat } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { shapeText, zeros } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { largestBelow } from '../lib/pivot.ts';

/** `[…, M, M]` to `[…]`, floats only; of a matrix without elements it is 1. Throws ShapeError where they are not square. */
export const det: OpDefinition<'Det'> = {
  infer: (_node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    if (!isFloat(dtype)) throw new ShapeError(`a determinant is not defined on ${dtype}`);
    if (shape.length < 2 || shape.at(-1) !== shape.at(-2))
      throw new ShapeError(`${shapeText(shape)} are no square matrices`);
    return [{ dtype, shape: shape.slice(0, -2) }];
  },
  bounded: (_node, _input, axis, inputs) => (axis < operand(inputs, 0).shape.length - 2 ? axis : undefined),
  reference: (_node, inputs) => {
    const { dtype, shape, data } = tensorAt(inputs, 0);
    const y = zeros(dtype, shape.slice(0, -2));
    const n = shape.at(-1) ?? 0;
    for (let i = 0; i < y.data.length; i++) {
      y.data[i] = eliminated(Float64Array.from(data.subarray(i * n * n, (i + 1) * n * n)), n);
    }
    return [y];
  },
  multiplyAdds: (_node, inputs) => {
    const { shape } = operand(inputs, 0);
    const n = at(shape, shape.length - 1);
    return Math.round((product(shape.slice(0, -2)) * n * (n * n - 1)) / 3);
  },
};

/** The determinant of `a`, which is brought to rows of a triangle: of each column the largest is brought up, NaN first. */
function eliminated(a: Float64Array, n: number): number {
  let result = 1;
  for (let c = 0; c < n; c++) {
    const pivot = largestBelow(a, n, c);
    if (pivot !== c) {
      result = -result;
      const upper = a.slice(c * n, (c + 1) * n);
      a.copyWithin(c * n, pivot * n, (pivot + 1) * n);
      a.set(upper, pivot * n);
    }
    const diagonal = a[c * n + c] ?? 0;
    result *= diagonal;
    if (diagonal === 0) continue;
    for (let r = c + 1; r < n; r++) {
      const factor = (a[r * n + c] ?? 0) / diagonal;
      for (let k = c + 1; k < n; k++) a[r * n + k] = (a[r * n + k] ?? 0) - factor * (a[c * n + k] ?? 0);
    }
  }
  return result;
}
