/** Cases of the Unsqueeze operator: axes at both ends, unordered and negative. */
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const unsqueeze = (shape: Shape, axes: readonly number[]): OpCase<'Unsqueeze'> => ({
  name: `[${shape.join(', ')}] at [${axes.join(', ')}]`,
  op: 'Unsqueeze',
  inputs: [{ shape }],
  attributes: { axes },
});

export const unsqueezeCases: readonly OpCase<'Unsqueeze'>[] = [
  unsqueeze([3, 5], [0]),
  unsqueeze([3, 5], [2]),
  unsqueeze([3, 5], [-1]),
  unsqueeze([3, 5], [3, 0]),
  unsqueeze([], [0, 1]),
  unsqueeze([0, 2], [1]),
];
