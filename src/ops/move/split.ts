/** Split: cuts a tensor into parts along an axis. */
import { boundBeside } from '../lib/bounded.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import { zeros, type TensorDesc } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { partSizes } from '../../ir/shapes/split.ts';
import { at, product } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';

function parts(node: NodeOf<'Split'>, { dtype, shape }: TensorDesc): TensorDesc[] {
  const axis = normalizeAxis(node.attributes.axis, shape.length);
  const sizes = partSizes(at(shape, axis), node.outputs.length, node.attributes.sizes);
  return sizes.map((size) => ({ dtype, shape: shape.with(axis, size) }));
}

/** One output a part. Throws ShapeError where the parts are not the whole. */
export const split: OpDefinition<'Split'> = {
  infer: (node, inputs) => parts(node, operand(inputs, 0)),
  shapeInputs: [1],
  listed: (attributes, sizes) => ({ ...attributes, sizes }),
  bounded: ({ attributes }, input, axis, inputs) =>
    boundBeside([normalizeAxis(attributes.axis, operand(inputs, 0).shape.length)], input, axis),
  reference: (node, inputs) => {
    const x = tensorAt(inputs, 0);
    const axis = normalizeAxis(node.attributes.axis, x.shape.length);
    const outer = product(x.shape.slice(0, axis));
    const row = product(x.shape.slice(axis));
    let column = 0;
    return parts(node, x).map(({ dtype, shape }) => {
      const y = zeros(dtype, shape);
      const width = product(shape.slice(axis));
      for (let o = 0; o < outer; o++) {
        y.data.set(x.data.subarray(o * row + column, o * row + column + width), o * width);
      }
      column += width;
      return y;
    });
  },
};
