/**
 * TopK: the k largest (or smallest) elements along an axis, best first, ties by lower index, and their indices.
 * NaN counts as larger than every number.
 */
import { normalizeAxis } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { shapeText, zeros, type Shape } from '../../core/tensor.ts';
import { at, product, range } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { knownInts, operand, tensorAt } from '../lib/operands.ts';

function topShape(shape: Shape, wantedAxis: number, k: number): number[] {
  const axis = normalizeAxis(wantedAxis, shape.length);
  if (!Number.isInteger(k) || k < 0 || k > at(shape, axis)) {
    throw new ShapeError(`cannot take the top ${k} along axis ${axis} of ${shapeText(shape)}`);
  }
  return shape.with(axis, k);
}

function ascending(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return (Number.isNaN(a) ? 1 : 0) - (Number.isNaN(b) ? 1 : 0);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Values, and their int64 indices, with `k` along the axis. Throws ShapeError where `k` exceeds it or is not known. */
export const topK: OpDefinition<'TopK'> = {
  infer: (node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    const k = knownInts(inputs, 1, 'k');
    if (k.length !== 1) throw new ShapeError('k must be one integer');
    const top = topShape(shape, node.attributes.axis, at(k, 0));
    return [
      { dtype, shape: top },
      { dtype: 'int64', shape: top },
    ];
  },
  shapeInputs: [1],
  reference: ({ attributes }, inputs) => {
    const x = tensorAt(inputs, 0);
    const k = at(tensorAt(inputs, 1).data, 0);
    const shape = topShape(x.shape, attributes.axis, k);
    const axis = normalizeAxis(attributes.axis, x.shape.length);
    const n = at(x.shape, axis);
    const inner = product(x.shape.slice(axis + 1));
    const rows = product(x.shape.slice(0, axis)) * inner;
    const values = zeros(x.dtype, shape);
    const indices = zeros('int64', shape);
    const sign = attributes.largest ? -1 : 1;
    for (let row = 0; row < rows; row++) {
      const [outer, column] = [Math.floor(row / inner), row % inner];
      const valueAt = (i: number): number => x.data[(outer * n + i) * inner + column] ?? 0;
      // The sort is stable, so equal elements stay in the order of their indices.
      const order = range(n).sort((a, b) => sign * ascending(valueAt(a), valueAt(b)));
      for (let j = 0; j < k; j++) {
        const to = (outer * k + j) * inner + column;
        values.data[to] = valueAt(at(order, j));
        indices.data[to] = at(order, j);
      }
    }
    return [values, indices];
  },
};
