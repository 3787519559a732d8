/** Transpose: output dimension i is input dimension perm[i]. */
import { ShapeError } from '../../core/errors.ts';
import type { TensorDesc } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
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
  rearranges,
  reference: (node, inputs, [y]) => {
    const x = tensorAt(inputs, 0);
    return [stridedCopy(x, y?.shape ?? [], rearranges(node, x))];
  },
};

function rearranges({ attributes }: NodeOf<'Transpose'>, { shape }: TensorDesc): readonly number[] {
  const strides = stridesOf(shape);
  return permutation(attributes.perm, shape.length).map((axis) => at(strides, axis));
}
