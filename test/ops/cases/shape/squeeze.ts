/** Cases of the Squeeze operator: all ones, chosen ones, negative axes. */
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const squeeze = (shape: Shape, axes: readonly number[]): OpCase<'Squeeze'> => ({
  name: `[${shape.join(', ')}] without [${axes.join(', ')}]`,
  op: 'Squeeze',
  inputs: [{ shape }],
  attributes: { axes },
});

export const squeezeCases: readonly OpCase<'Squeeze'>[] = [
  squeeze([1, 3, 1, 5], []),
  squeeze([1, 3, 1, 5], [0]),
  squeeze([1, 3, 1, 5], [-2]),
  squeeze([1, 3, 1, 5], [2, 0]),
  squeeze([1, 1], []),
  squeeze([1, 0, 1], [0]),
];
