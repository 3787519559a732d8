/** Compress: the positions along a dimension where a condition holds. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { shapeText, tensorOf, zeros, type Shape, type TensorDesc } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { countOf } from '../lib/counted.ts';
import { operand, tensorAt } from '../lib/operands.ts';

/** The dimension, once the condition is checked against it. */
function compressedAxis(x: Shape, condition: TensorDesc, given: number): number {
  const axis = normalizeAxis(given, x.length);
  const [length = 0] = condition.shape;
  if (condition.dtype !== 'bool' || condition.shape.length !== 1 || length > at(x, axis)) {
    const what = `a condition of ${condition.dtype} ${shapeText(condition.shape)}`;
    throw new ShapeError(`${what} does not fit dimension ${axis} of ${shapeText(x)}`);
  }
  return axis;
}

/** Throws ShapeError unless the condition is a vector of bools, no longer than the dimension. */
export const compress: OpDefinition<'Compress'> = {
  infer: ({ attributes, inputs: [, , count], outputs }, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    const condition = operand(inputs, 1);
    const axis = compressedAxis(shape, condition, attributes.axis);
    return [
      { dtype, shape: shape.with(axis, at(condition.shape, 0)), bounded: { axis, count: count ?? countOf(outputs) } },
      { dtype: 'int32', shape: [] },
    ];
  },
  reference: ({ attributes }, inputs) => {
    const [x, condition] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
    const axis = compressedAxis(x.shape, condition, attributes.axis);
    const kept = [...condition.data.keys()].filter((i) => condition.data[i] !== 0);
    const y = zeros(x.dtype, x.shape.with(axis, kept.length));
    const inner = product(x.shape.slice(axis + 1));
    const outer = product(x.shape.slice(0, axis));
    for (let o = 0; o < outer; o++) {
      kept.forEach((position, k) => {
        const from = (o * at(x.shape, axis) + position) * inner;
        y.data.set(x.data.subarray(from, from + inner), (o * kept.length + k) * inner);
      });
    }
    return [y, tensorOf('int32', [], [kept.length])];
  },
};
