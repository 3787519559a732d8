/** Cases of BatchNormalization: channels last and elsewhere, remainders, activation. */
import { NO_ACTIVATION, RELU, type Activation } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

function batchNormalizationCase(
  shape: readonly number[],
  axis: number,
  activation: Activation = NO_ACTIVATION,
): OpCase<'BatchNormalization'> {
  const channels = shape.at(axis) ?? 0;
  const vector = (low: number, high: number) => ({ shape: [channels], low, high, constant: true });
  return {
    name: `[${shape.join(', ')}] axis ${axis}${activation.kind === 'none' ? '' : ` ${activation.kind}`}`,
    op: 'BatchNormalization',
    inputs: [{ shape, low: -3, high: 3 }, vector(0.5, 2), vector(-1, 1), vector(-1, 1), vector(0.1, 4)],
    attributes: { axis, epsilon: 1e-3, activation },
  };
}

export const batchNormalizationCases: readonly OpCase<'BatchNormalization'>[] = [
  batchNormalizationCase([2, 5, 3, 8], 3),
  batchNormalizationCase([2, 5, 3, 7], -1),
  batchNormalizationCase([1, 1, 1, 1], 3),
  batchNormalizationCase([2, 6, 5, 3], 1),
  batchNormalizationCase([2, 4, 5], 1, RELU),
  batchNormalizationCase([3, 12], 1, RELU),
  batchNormalizationCase([2, 17, 5], 2),
];
