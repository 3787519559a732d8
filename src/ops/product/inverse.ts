/** Inverse: inverse matrices of square ones. */
import { isFloat } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { shapeText, zeros } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { largestBelow } from '../lib/pivot.ts';

/** `[…, M, M]` to the same, floats only; NaN where a matrix has no inverse. Throws ShapeError where they are not square. */
export const inverse: OpDefinition<'Inverse'> = {
  infer: (_node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    if (!isFloat(dtype)) throw new ShapeError(`an inverse is not defined on ${dtype}`);
    if (shape.length < 2 || shape.at(-1) !== shape.at(-2))
      throw new ShapeError(`${shapeText(shape)} are no square matrices`);
    return [{ dtype, shape }];
  },
  bounded: (_node, _input, axis, inputs) => (axis < operand(inputs, 0).shape.length - 2 ? axis : undefined),
  reference: (_node, inputs) => {
    const { dtype, shape, data } = tensorAt(inputs, 0);
    const y = zeros(dtype, shape);
    const n = shape.at(-1) ?? 0;
    const size = n * n;
    for (let i = 0; i < product(shape.slice(0, -2)); i++) {
      y.data.set(inverted(Float64Array.from(data.subarray(i * size, (i + 1) * size)), n), i * size);
    }
    return [y];
  },
  multiplyAdds: (_node, inputs) => {
    const { shape } = operand(inputs, 0);
    return product(shape) * at(shape, shape.length - 1);
  },
};

/** The inverse of `a`, which is overwritten: what brings it to ones on the diagonal does so to ones what becomes the inverse. */
function inverted(a: Float64Array, n: number): Float64Array {
  const y = new Float64Array(n * n);
  for (let c = 0; c < n; c++) y[c * n + c] = 1;
  for (let c = 0; c < n; c++) {
    const pivot = largestBelow(a, n, c);
    swapRows(a, n, c, pivot);
    swapRows(y, n, c, pivot);
    const diagonal = a[c * n + c] ?? 0;
    if (diagonal === 0) return y.fill(NaN);
    for (let k = 0; k < n; k++) {
      a[c * n + k] = (a[c * n + k] ?? 0) / diagonal;
      y[c * n + k] = (y[c * n + k] ?? 0) / diagonal;
    }
    for (let r = 0; r < n; r++) {
      const factor = a[r * n + c] ?? 0;
      if (r === c) continue;
      for (let k = 0; k < n; k++) {
        a[r * n + k] = (a[r * n + k] ?? 0) - factor * (a[c * n + k] ?? 0);
        y[r * n + k] = (y[r * n + k] ?? 0) - factor * (y[c * n + k] ?? 0);
      }
    }
  }
  return y;
}

function swapRows(a: Float64Array, n: number, first: number, second: number): void {
  const upper = a.slice(first * n, (first + 1) * n);
  a.copyWithin(first * n, second * n, (second + 1) * n);
  a.set(upper, second * n);
}
