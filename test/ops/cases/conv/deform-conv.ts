/** Cases of DeformConv: offsets within and beyond the image, offset groups, groups, masks, and what is no number. */
import { floatTolerance } from '../../../../src/core/compare.ts';
import { NO_ACTIVATION, RELU, type OpAttributes } from '../../../../src/ir/ops.ts';
import { at, product } from '../../../../src/util/arrays.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

interface Setup extends Partial<OpAttributes['DeformConv']> {
  readonly x: readonly number[];
  readonly kernel: readonly number[];
  readonly outC: number;
  readonly bias?: boolean;
  readonly mask?: boolean;
  /** Offsets are drawn from ±reach. */
  readonly reach?: number;
  readonly offsets?: readonly number[];
  readonly values?: readonly number[];
}

function deformed(name: string, setup: Setup): OpCase<'DeformConv'> {
  const { x, kernel, outC, bias = true, mask = true, reach = 2, offsets, values, ...given } = setup;
  const attributes = {
    strides: [1, 1],
    dilations: [1, 1],
    pads: [1, 1, 1, 1],
    group: 1,
    offsetGroup: 1,
    activation: NO_ACTIVATION,
    ...given,
  };
  const { strides, dilations, pads, group, offsetGroup } = attributes;
  const out = kernel.map((k, i) => {
    const room = at(x, i + 1) + at(pads, i) + at(pads, i + 2) - (k - 1) * at(dilations, i) - 1;
    return Math.floor(room / at(strides, i)) + 1;
  });
  const [batch, inC] = [at(x, 0), at(x, 3) / group];
  const taps = offsetGroup * product(kernel);
  const moved: CaseInput = { shape: [batch, ...out, 2 * taps], low: -reach, high: reach };
  return {
    name,
    op: 'DeformConv',
    inputs: [
      { shape: x, ...(values ? { values } : {}) },
      { shape: [...kernel, inC, outC], constant: true },
      offsets ? { ...moved, values: offsets } : moved,
      bias ? { shape: [outC], constant: true } : undefined,
      mask ? { shape: [batch, ...out, taps], low: 0, high: 1 } : undefined,
    ],
    attributes,
    // Beside those of the products, four of each sample.
    tolerance: floatTolerance(4 * product(kernel) * inC),
  };
}

const three = { kernel: [3, 3] };
const one = { kernel: [1, 1], pads: [0, 0, 0, 0], bias: false, mask: false };

export const deformConvCases: readonly OpCase<'DeformConv'>[] = [
  deformed('3x3, 8 to 8 channels', { x: [1, 7, 5, 8], outC: 8, ...three }),
  deformed('without masks or bias', { x: [1, 5, 7, 4], outC: 5, ...three, mask: false, bias: false }),
  deformed('odd channels, batch 2', { x: [2, 5, 3, 3], outC: 7, ...three, activation: RELU }),
  deformed('far outside', { x: [1, 4, 5, 4], outC: 4, ...three, reach: 40 }),
  deformed('offset groups', { x: [1, 5, 5, 8], outC: 4, ...three, offsetGroup: 2 }),
  deformed('offset groups of odd channels', { x: [1, 4, 3, 9], outC: 4, ...three, offsetGroup: 3 }),
  deformed('groups', { x: [1, 5, 4, 8], outC: 8, ...three, group: 2 }),
  deformed('groups and offset groups across them', { x: [2, 4, 4, 12], outC: 9, ...three, group: 3, offsetGroup: 2 }),
  deformed('a group of several offset groups', { x: [1, 4, 4, 16], outC: 8, ...three, group: 2, offsetGroup: 4 }),
  deformed('stride 2, dilated, other pads', {
    x: [1, 9, 8, 4],
    kernel: [3, 2],
    outC: 4,
    strides: [2, 1],
    dilations: [2, 3],
    pads: [2, 0, 1, 3],
  }),
  deformed('pointwise', { x: [1, 3, 5, 5], outC: 3, ...one }),
  deformed('1x17 pixels, 5x1 window', { x: [1, 1, 17, 4], kernel: [5, 1], outC: 4, pads: [2, 0, 2, 0] }),
  deformed('64 to 40 channels', { x: [1, 6, 6, 64], outC: 40, ...three, offsetGroup: 4 }),
  deformed('tiles of 12 to 24 channels, stride 2, dilated, batch 2', {
    x: [2, 9, 7, 12],
    kernel: [3, 2],
    outC: 24,
    strides: [2, 1],
    dilations: [1, 2],
    pads: [2, 0, 1, 3],
    mask: false,
  }),
  deformed('no images', { x: [0, 4, 4, 4], outC: 4, ...three }),
  deformed('NaN and infinite offsets', {
    x: [1, 1, 4, 1],
    outC: 1,
    ...one,
    offsets: [NaN, 0, Infinity, 0, 0, -Infinity, 0, NaN],
  }),
  {
    ...deformed('NaN and infinity in the image', {
      x: [1, 2, 3, 1],
      outC: 1,
      ...one,
      values: [NaN, 1, 2, Infinity, 3, 4],
      offsets: [-5, 0, 0, 0.5, 0.5, 0, 0.5, -0.5, 0, 1, -0.5, -0.25],
    }),
    noOracle: 'onnxruntime multiplies pixels beside what lies outside by zero, and makes a NaN of them',
  },
];
