/** ArgReduce: index of the largest or smallest element along an axis; the first or the last on ties; NaN is passed over, unless it comes first. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { zeros, type Shape, type TensorDesc } from '../../core/tensor.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { at, product } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';

function described(shape: Shape, { axis, keepDims, dtype }: OpAttributes['ArgReduce']): TensorDesc {
  const chosen = normalizeAxis(axis, shape.length);
  if (shape[chosen] === 0) throw new ShapeError(`axis ${axis} has no elements to choose from`);
  return { dtype, shape: keepDims ? shape.with(chosen, 1) : shape.toSpliced(chosen, 1) };
}

/** Indices of the attribute's type. Throws ShapeError on an empty axis. */
export const argReduce: OpDefinition<'ArgReduce'> = {
  infer: (node, inputs) => [described(operand(inputs, 0).shape, node.attributes)],
  reference: ({ attributes }, inputs) => {
    const x = tensorAt(inputs, 0);
    const out = described(x.shape, attributes);
    const axis = normalizeAxis(attributes.axis, x.shape.length);
    const n = at(x.shape, axis);
    const inner = product(x.shape.slice(axis + 1));
    const y = zeros(out.dtype, out.shape);
    const { last } = attributes;
    const sign = attributes.kind === 'max' ? 1 : -1;
    for (let i = 0; i < y.data.length; i++) {
      const base = Math.floor(i / inner) * n * inner + (i % inner);
      let best = 0;
      for (let k = 1; k < n; k++) {
        const incumbent = sign * (x.data[base + best * inner] ?? 0);
        const candidate = sign * (x.data[base + k * inner] ?? 0);
        if (candidate > incumbent || (last && candidate === incumbent)) best = k;
      }
      y.data[i] = best;
    }
    return [y];
  },
};
