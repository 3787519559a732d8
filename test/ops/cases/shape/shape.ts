/** Cases of the Shape operator. */
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const shapes: readonly Shape[] = [[], [7], [2, 3, 5], [0, 3], [1, 2, 3, 4, 5, 6]];

export const shapeCases: readonly OpCase<'Shape'>[] = shapes.map((shape) => ({
  name: `[${shape.join(', ')}]`,
  op: 'Shape',
  inputs: [{ shape }],
  attributes: {},
}));
