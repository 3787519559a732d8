/** Cases of 3×3 Conv at stride 1: tiles that stick out, whole and part vectors of channels, several chunks of tiles. */
import { floatTolerance } from '../../../../src/core/compare.ts';
import { NO_ACTIVATION, RELU, RELU6, type Activation } from '../../../../src/ir/ops.ts';
import { product } from '../../../../src/util/arrays.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

interface Setup {
  /** Top, left, bottom, right. */
  readonly pads?: readonly [number, number, number, number];
  readonly dilations?: readonly [number, number];
  readonly bias?: boolean;
  readonly residual?: boolean;
  readonly activation?: Activation;
}

type Extents = readonly [number, number, number, number];

function caseOf(x: Extents, outC: number, setup: Setup = {}): OpCase<'Conv'> {
  const { dilations = [1, 1], pads = [1, 1, 1, 1], bias = true, residual = false, activation = NO_ACTIVATION } = setup;
  const [batch, height, width, inC] = x;
  const out = [
    batch,
    height + pads[0] + pads[2] - 2 * dilations[0],
    width + pads[1] + pads[3] - 2 * dilations[1],
    outC,
  ];
  const parts = [
    setup.dilations && `dilations ${dilations.join(' ')}`,
    setup.pads && `pads ${pads.join(' ')}`,
    bias ? '' : 'no bias',
    residual && 'residual',
    activation.kind !== 'none' && activation.kind,
  ];
  return {
    name: [`3x3 of [${x.join(', ')}] to ${outC}`, ...parts].filter(Boolean).join(', '),
    op: 'Conv',
    inputs: [
      { shape: x },
      { shape: [3, 3, inC, outC], constant: true },
      bias ? { shape: [outC], constant: true } : undefined,
      ...(residual ? [{ shape: out }] : []),
    ],
    attributes: { strides: [1, 1], dilations, pads, padMode: 'explicit', group: 1, activation },
    tolerance: floatTolerance(9 * inC),
  };
}

/** Ones, but for an infinity and a NaN, far enough apart that most results are finite. */
function nonFinite(shape: Extents): CaseInput {
  const values = Array.from({ length: product(shape) }, () => 1);
  values[0] = Infinity;
  values[values.length - 1] = NaN;
  return { shape, values };
}

const finite = caseOf([1, 9, 9, 4], 4);

export const convWinogradCases: readonly OpCase<'Conv'>[] = [
  caseOf([3, 1, 1, 4], 4),
  caseOf([1, 1, 13, 8], 4),
  caseOf([1, 13, 1, 4], 8),
  caseOf([2, 7, 10, 5], 7),
  caseOf([1, 8, 8, 12], 3, { activation: RELU }),
  caseOf([1, 9, 6, 3], 12, { bias: false }),
  caseOf([1, 6, 9, 6], 5, { pads: [0, 2, 1, 0] }),
  caseOf([1, 3, 3, 8], 4, { pads: [0, 0, 0, 0] }),
  caseOf([1, 11, 6, 8], 12, { pads: [0, 0, 0, 0], activation: RELU6 }),
  caseOf([1, 3, 4, 4], 6, { pads: [2, 2, 2, 2] }),
  caseOf([1, 2, 2, 4], 4, { pads: [4, 1, 1, 5] }),
  caseOf([2, 9, 7, 16], 20, { residual: true, activation: RELU }),
  caseOf([2, 5, 6, 7], 9, { residual: true, activation: { kind: 'gelu', alpha: 0, beta: 0 } }),
  caseOf([3, 18, 15, 8], 16, { activation: { kind: 'hardSwish', alpha: 0, beta: 0 } }),
  caseOf([1, 14, 14, 36], 40),
  caseOf([1, 7, 7, 132], 68, { residual: true, bias: false }),
  caseOf([1, 6, 6, 516], 12),
  // Images between the holes: of unequal extents, with a tile that only some have; of a pixel each; in one direction.
  caseOf([2, 29, 13, 8], 7, { dilations: [6, 3], pads: [6, 3, 6, 3], residual: true }),
  caseOf([1, 5, 7, 6], 8, { dilations: [9, 12], pads: [9, 12, 9, 12], activation: RELU }),
  caseOf([1, 11, 9, 4], 4, { dilations: [1, 2], pads: [0, 3, 1, 2] }),
  // More tiles than are transformed at a time.
  caseOf([1, 60, 44, 32], 32, { residual: true, activation: RELU }),
  caseOf([2, 37, 29, 30], 45),
  {
    ...finite,
    name: '3x3 of infinity and NaN',
    inputs: [nonFinite([1, 9, 9, 4]), ...finite.inputs.slice(1)],
    unlike: {
      variants: 'winograd',
      why: 'the transforms mix the pixels of a tile: all its results are NaN, not only those that see the pixel',
    },
  },
];
