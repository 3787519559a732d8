/** Cases of the Flatten operator: every axis of one shape, negative ones, rank 0 and 1. */
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const flatten = (shape: Shape, axis: number): OpCase<'Flatten'> => ({
  name: `[${shape.join(', ')}] at ${axis}`,
  op: 'Flatten',
  inputs: [{ shape }],
  attributes: { axis },
});

export const flattenCases: readonly OpCase<'Flatten'>[] = [
  ...[0, 1, 2, 3, 4, -1, -3].map((axis) => flatten([2, 3, 5, 7], axis)),
  flatten([5], 1),
  flatten([], 0),
  flatten([3, 0, 2], 1),
];
