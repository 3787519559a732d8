/** Cases of the Shape operator. */
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const shapes: readonly Shape[] = [[], [7], [2, 3, 5], [0, 3], [1, 2, 3, 4, 5, 6]];

/** An extent that depends on data, and its count. */
const counted: readonly (readonly [Shape, number])[] = [
  [[5], 0],
  [[2, 3, 7], 1],
];

export const shapeCases: readonly OpCase<'Shape'>[] = [
  ...shapes.map((shape): OpCase<'Shape'> => ({
    name: `[${shape.join(', ')}]`,
    op: 'Shape',
    inputs: [{ shape }],
    attributes: {},
    folds: true,
  })),
  ...counted.map(([shape, axis]): OpCase<'Shape'> => ({
    name: `[${shape.join(', ')}], counted along ${axis}`,
    op: 'Shape',
    inputs: [{ shape }, { dtype: 'int32', shape: [1], values: shape.slice(axis, axis + 1) }],
    attributes: { axis },
    noOracle: 'ONNX has no count beside a tensor',
  })),
];
