/** Concat: operands one after another along an axis. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { elementCount, shapeText, zeros, type TensorDesc } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';

function concatenated(parts: readonly TensorDesc[], wantedAxis: number): TensorDesc {
  const { dtype, shape } = at(parts, 0);
  const axis = normalizeAxis(wantedAxis, shape.length);
  const out = [...shape];
  for (const part of parts.slice(1)) {
    const fits = part.shape.length === out.length && part.shape.every((d, i) => i === axis || d === shape[i]);
    if (!fits || part.dtype !== dtype) {
      const what = `${part.dtype} ${shapeText(part.shape)} to ${dtype} ${shapeText(shape)}`;
      throw new ShapeError(`cannot join ${what} along axis ${axis}`);
    }
    out[axis] = at(out, axis) + at(part.shape, axis);
  }
  elementCount(out);
  return { dtype, shape: out };
}

/** Throws ShapeError on operands that differ in type, or in an extent beside that of the axis. */
export const concat: OpDefinition<'Concat'> = {
  infer: (node, inputs) => {
    if (inputs.length === 0) throw new ShapeError('Concat has no inputs');
    return [
      concatenated(
        inputs.map((_, i) => operand(inputs, i)),
        node.attributes.axis,
      ),
    ];
  },
  bounded: ({ attributes }, input, axis, inputs) => {
    const own = operand(inputs, input);
    const alike = inputs.every((part) => part?.bounded?.axis === axis && part.bounded.count === own.bounded?.count);
    return alike && normalizeAxis(attributes.axis, own.shape.length) !== axis ? axis : undefined;
  },
  reference: (node, inputs) => {
    const parts = inputs.map((_, i) => tensorAt(inputs, i));
    const { dtype, shape } = concatenated(parts, node.attributes.axis);
    const axis = normalizeAxis(node.attributes.axis, shape.length);
    const y = zeros(dtype, shape);
    const outer = product(shape.slice(0, axis));
    const row = product(shape.slice(axis));
    let column = 0;
    for (const part of parts) {
      const width = product(part.shape.slice(axis));
      for (let o = 0; o < outer; o++) {
        y.data.set(part.data.subarray(o * width, (o + 1) * width), o * row + column);
      }
      column += width;
    }
    return [y];
  },
};
