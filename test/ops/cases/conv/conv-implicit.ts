/** Cases of Conv with enough pixels and channels for the tiles of the implicit kernels, and remainders of every kind. */
import { floatTolerance } from '../../../../src/core/compare.ts';
import { NO_ACTIVATION, RELU, RELU6, type Activation, type ActivationKind } from '../../../../src/ir/ops.ts';
import { ceilDiv } from '../../../../src/util/arrays.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

type Four = readonly [number, number, number, number];

interface Layer {
  readonly x: Four;
  readonly kernel: readonly [number, number];
  readonly outC: number;
  readonly group?: number;
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly pads?: Four;
  readonly bias?: boolean;
  readonly residual?: boolean;
  readonly activation?: Activation;
}

/** Output extent along axis 0 (rows) or 1 (columns). */
function extent({ x, kernel, strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0] }: Layer, axis: 0 | 1): number {
  const padded = x[axis === 0 ? 1 : 2] + pads[axis] + pads[axis === 0 ? 2 : 3];
  return ceilDiv(padded - (kernel[axis] - 1) * dilations[axis], strides[axis]);
}

function layerCase(layer: Layer): OpCase<'Conv'> {
  const { x, kernel, outC, group = 1, bias = true, residual = false, activation = NO_ACTIVATION } = layer;
  const { strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0] } = layer;
  const inC = x[3] / group;
  const parts = [
    `${kernel.join('x')} on [${x.join(', ')}] to ${outC}`,
    group > 1 && `${group} groups`,
    strides.some((s) => s > 1) && `stride ${strides.join('x')}`,
    dilations.some((d) => d > 1) && `dilation ${dilations.join('x')}`,
    pads.some((p) => p > 0) && `pads ${pads.join(' ')}`,
    !bias && 'no bias',
    residual && 'residual',
    activation.kind !== 'none' && activation.kind,
  ];
  return {
    name: parts.filter(Boolean).join(', '),
    op: 'Conv',
    inputs: [
      { shape: x },
      { shape: [...kernel, inC, outC], constant: true },
      bias ? { shape: [outC], constant: true } : undefined,
      ...(residual ? [{ shape: [x[0], extent(layer, 0), extent(layer, 1), outC] }] : []),
    ],
    attributes: { strides, dilations, pads, padMode: 'explicit', group, activation },
    tolerance: floatTolerance(kernel[0] * kernel[1] * inC),
  };
}

const act = (kind: ActivationKind, alpha = 0, beta = 0): Activation => ({ kind, alpha, beta });

/** Vectors of four channels on both sides. */
const even: readonly Layer[] = [
  { x: [1, 7, 14, 8], kernel: [3, 3], outC: 32, pads: [1, 1, 1, 1], activation: RELU },
  { x: [2, 9, 8, 12], kernel: [3, 3], outC: 68, pads: [1, 1, 1, 1], residual: true, activation: RELU6 },
  { x: [1, 13, 15, 8], kernel: [3, 3], outC: 40, strides: [2, 2], pads: [0, 0, 1, 1], activation: act('swish') },
  { x: [3, 13, 13, 8], kernel: [1, 1], outC: 128, strides: [2, 2], activation: act('hardSwish') },
  { x: [1, 17, 17, 4], kernel: [7, 1], outC: 32, pads: [3, 0, 3, 0], activation: act('tanh') },
  { x: [1, 9, 16, 4], kernel: [1, 7], outC: 36, pads: [0, 3, 0, 3], bias: false, residual: true },
  { x: [1, 12, 14, 8], kernel: [5, 5], outC: 32, pads: [2, 2, 2, 2], activation: act('gelu') },
  { x: [1, 16, 16, 4], kernel: [2, 2], outC: 64, strides: [2, 1], activation: act('sigmoid') },
  {
    x: [2, 11, 14, 8],
    kernel: [3, 3],
    outC: 32,
    dilations: [2, 3],
    pads: [2, 3, 2, 3],
    activation: act('hardSigmoid', 0.2, 0.5),
  },
  {
    x: [1, 15, 19, 4],
    kernel: [3, 5],
    outC: 24,
    strides: [3, 4],
    pads: [0, 3, 1, 2],
    activation: act('leakyRelu', 0.1),
  },
  // Sums long enough to be split.
  { x: [1, 6, 7, 160], kernel: [3, 3], outC: 32, pads: [1, 1, 1, 1], residual: true, activation: act('clip', -1, 1) },
];

/** Channels that are not in fours, on either side or both. */
const odd: readonly Layer[] = [
  { x: [1, 8, 14, 5], kernel: [3, 3], outC: 33, pads: [1, 1, 1, 1] },
  { x: [2, 7, 7, 33], kernel: [3, 3], outC: 17, strides: [2, 2], pads: [1, 1, 1, 1], residual: true },
  { x: [1, 9, 9, 17], kernel: [1, 1], outC: 35, strides: [2, 2], bias: false, activation: RELU },
  { x: [1, 7, 8, 8], kernel: [3, 3], outC: 30, pads: [1, 1, 1, 1], residual: true, activation: RELU },
  { x: [1, 6, 8, 7], kernel: [2, 2], outC: 16, pads: [1, 0, 0, 1] },
];

/** Images: one to three channels. */
const stems: readonly Layer[] = [
  { x: [1, 25, 32, 3], kernel: [3, 3], outC: 32, strides: [2, 2], pads: [1, 1, 1, 1], activation: RELU6 },
  { x: [2, 19, 21, 3], kernel: [7, 7], outC: 24, strides: [2, 2], pads: [3, 3, 3, 3], activation: RELU },
  { x: [1, 31, 33, 3], kernel: [11, 11], outC: 16, strides: [4, 4], pads: [0, 0, 1, 2] },
  { x: [1, 10, 15, 1], kernel: [5, 5], outC: 16, pads: [2, 2, 2, 2], residual: true },
  { x: [2, 9, 13, 2], kernel: [3, 3], outC: 20, strides: [3, 1], dilations: [1, 2], pads: [2, 1, 0, 3], bias: false },
];

const grouped: readonly Layer[] = [
  { x: [1, 7, 14, 16], kernel: [3, 3], outC: 16, group: 4, pads: [1, 1, 1, 1], activation: RELU },
  { x: [2, 6, 8, 24], kernel: [1, 1], outC: 60, group: 3, residual: true },
  { x: [1, 9, 9, 16], kernel: [5, 5], outC: 64, group: 2, pads: [2, 2, 2, 2] },
  { x: [1, 7, 7, 15], kernel: [3, 3], outC: 21, group: 3, strides: [2, 1], pads: [1, 1, 1, 1], activation: RELU6 },
  { x: [1, 7, 7, 8], kernel: [1, 1], outC: 64, group: 2, strides: [2, 2] },
];

export const convImplicitCases: readonly OpCase<'Conv'>[] = [...even, ...odd, ...stems, ...grouped].map(layerCase);
