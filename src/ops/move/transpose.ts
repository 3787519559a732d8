/** Transpose: output dimension i is input dimension perm[i]. */
import { ShapeError } from '../../core/errors.ts';
import { at, range, stridesOf } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { stridedCopy } from '../lib/strided.ts';

function permutation(perm: readonly number[], rank: number): readonly number[] {
  if (perm.length === 0) return range(rank).reverse();
  const valid = perm.length === rank && range(rank).every((axis) => perm.includes(axis));
  if (!valid) throw new ShapeError(`[${perm.join(', ')}] is not a permutation of ${rank} dimensions`);
  return perm;
}

/** Throws ShapeError on what is no permutation of the dimensions. */
export const transpose: OpDefinition<'Transpose'> = {
  infer: (node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    return [{ dtype, shape: permutation(node.attributes.perm, shape.length).map((axis) => at(shape, axis)) }];
  },
  bounded: ({ attributes }, _input, axis, inputs) =>
    permutation(attributes.perm, operand(inputs, 0).shape.length).indexOf(axis),
  reference: (node, inputs) => {
    const x = tensorAt(inputs, 0);
    const perm = permutation(node.attributes.perm, x.shape.length);
    const strides = stridesOf(x.shape);
    const shape = perm.map((axis) => at(x.shape, axis));
    return [
      stridedCopy(
        x,
        shape,
        perm.map((axis) => at(strides, axis)),
      ),
    ];
  },
};
