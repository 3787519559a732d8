/** Cases of 1×1 Conv with enough pixels and channels for several blocks of every matrix-product tile. */
import { floatTolerance } from '../../../../src/core/compare.ts';
import { NO_ACTIVATION, RELU, RELU6, type Activation } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

interface Tail {
  readonly bias?: boolean;
  readonly residual?: boolean;
  readonly activation?: Activation;
  /** Factors of the input's channels, for each image. */
  readonly scale?: boolean;
}

function pointwiseCase(x: readonly [number, number, number, number], outC: number, tail: Tail = {}): OpCase<'Conv'> {
  const { bias = true, residual = false, activation = NO_ACTIVATION, scale = false } = tail;
  const inC = x[3];
  const parts = [
    bias ? '' : 'no bias',
    residual && 'residual',
    scale && 'scale',
    activation.kind !== 'none' && activation.kind,
  ];
  return {
    name: [`[${x.join(', ')}] to ${outC}`, ...parts].filter(Boolean).join(', '),
    op: 'Conv',
    inputs: [
      { shape: x },
      { shape: [1, 1, inC, outC], constant: true },
      bias ? { shape: [outC], constant: true } : undefined,
      residual ? { shape: [x[0], x[1], x[2], outC] } : undefined,
      ...(scale ? [{ shape: [x[0], 1, 1, inC] }] : []),
    ],
    attributes: {
      strides: [1, 1],
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      padMode: 'explicit',
      group: 1,
      activation,
    },
    tolerance: floatTolerance(inC),
  };
}

export const convPointwiseCases: readonly OpCase<'Conv'>[] = [
  pointwiseCase([2, 7, 7, 33], 65, { residual: true, activation: RELU }),
  pointwiseCase([1, 9, 11, 36], 68, { residual: true, activation: { kind: 'swish', alpha: 0, beta: 0 } }),
  pointwiseCase([2, 6, 6, 40], 16, { activation: RELU6 }),
  pointwiseCase([1, 9, 8, 24], 24, { bias: false, residual: true }),
  pointwiseCase([1, 9, 8, 29], 58, { activation: { kind: 'gelu', alpha: 0, beta: 0 } }),
  pointwiseCase([1, 5, 5, 17], 132, { bias: false }),
  pointwiseCase([1, 7, 7, 64], 96, { activation: { kind: 'hardSwish', alpha: 0, beta: 0 } }),
  pointwiseCase([1, 7, 9, 36], 20, { scale: true, residual: true }),
  pointwiseCase([3, 4, 7, 36], 40, { scale: true, activation: RELU }),
  pointwiseCase([1, 5, 9, 33], 17, { scale: true }),
  pointwiseCase([2, 5, 9, 33], 65, { scale: true, residual: true, bias: false }),
  pointwiseCase([1, 1, 1, 130], 33, { activation: { kind: 'sigmoid', alpha: 0, beta: 0 } }),
];
