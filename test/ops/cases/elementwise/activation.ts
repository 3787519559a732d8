/** Cases of the Activation operator: every kind, odd sizes, non-finite elements. */
import type { ActivationKind } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const parameters: { readonly [K in ActivationKind]: readonly [number, number] } = {
  none: [0, 0],
  relu: [0, 0],
  clip: [0, 6],
  leakyRelu: [0.1, 0],
  elu: [1, 0],
  selu: [1.67326, 1.0507],
  celu: [0.7, 0],
  sigmoid: [0, 0],
  hardSigmoid: [0.2, 0.5],
  hardSwish: [0, 0],
  swish: [0, 0],
  tanh: [0, 0],
  softplus: [0, 0],
  softsign: [0, 0],
  mish: [0, 0],
  gelu: [0, 0],
  geluTanh: [0, 0],
};

const kinds = Object.entries(parameters) as [ActivationKind, readonly [number, number]][];

export const activationCases: readonly OpCase<'Activation'>[] = [
  ...kinds.map(([kind, [alpha, beta]]): OpCase<'Activation'> => ({
    name: kind,
    op: 'Activation',
    inputs: [{ shape: [2, 3, 5, 7], low: -12, high: 12 }],
    attributes: { activation: { kind, alpha, beta } },
  })),
  ...kinds.map(([kind, [alpha, beta]]): OpCase<'Activation'> => ({
    name: `${kind} near zero`,
    op: 'Activation',
    inputs: [{ shape: [3, 7], low: -1e-3, high: 1e-3 }],
    attributes: { activation: { kind, alpha, beta } },
  })),
  ...kinds.map(([kind, [alpha, beta]]): OpCase<'Activation'> => ({
    name: `${kind} of NaN, infinities and large elements`,
    op: 'Activation',
    inputs: [{ shape: [2, 4], values: [NaN, Infinity, -Infinity, -0, 1e-38, 100, -100, 1e30] }],
    attributes: { activation: { kind, alpha, beta } },
  })),
  ...kinds.map(([kind, [alpha, beta]]): OpCase<'Activation'> => ({
    name: `${kind} of NaN and infinities, one by one`,
    op: 'Activation',
    inputs: [{ shape: [5], values: [NaN, Infinity, -Infinity, -0, 1e-38] }],
    attributes: { activation: { kind, alpha, beta } },
  })),
  ...([4, 5] as const).map((n): OpCase<'Activation'> => ({
    name: `clip of ${n} to bounds the wrong way round`,
    op: 'Activation',
    inputs: [{ shape: [n], values: [-3, 1, NaN, 9, 5].slice(0, n) }],
    attributes: { activation: { kind: 'clip', alpha: 6, beta: 0 } },
  })),
  ...([4, 5] as const).map((n): OpCase<'Activation'> => ({
    name: `relu of ${n} integers that float32 does not hold`,
    op: 'Activation',
    inputs: [{ dtype: 'int32', shape: [n], values: [16777217, -16777219, 2147483647, -2147483648, -1].slice(0, n) }],
    attributes: { activation: { kind: 'relu', alpha: 0, beta: 0 } },
  })),
];
