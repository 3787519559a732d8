/** Split: cuts a tensor into parts along an axis. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { zeros, type TensorDesc } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { at, ceilDiv, product, range } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';

/** Extent of each part. Without `sizes` the parts are equal, the last one smaller where they do not divide. */
function partSizes({ attributes: { sizes }, outputs }: NodeOf<'Split'>, extent: number): readonly number[] {
  const count = outputs.length;
  if (sizes.length > 0) {
    const valid = sizes.length === count && sizes.every((s) => s >= 0) && sizes.reduce((a, b) => a + b, 0) === extent;
    if (!valid) throw new ShapeError(`cannot split an extent of ${extent} into ${count} parts [${sizes.join(', ')}]`);
    return sizes;
  }
  const size = ceilDiv(extent, count);
  const last = extent - size * (count - 1);
  if (last < 0) throw new ShapeError(`cannot split an extent of ${extent} into ${count} equal parts`);
  return range(count).map((i) => (i === count - 1 ? last : size));
}

function parts(node: NodeOf<'Split'>, { dtype, shape }: TensorDesc): TensorDesc[] {
  const axis = normalizeAxis(node.attributes.axis, shape.length);
  return partSizes(node, at(shape, axis)).map((size) => ({ dtype, shape: shape.with(axis, size) }));
}

export const split: OpDefinition<'Split'> = {
  infer: (node, inputs) => parts(node, operand(inputs, 0)),
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
