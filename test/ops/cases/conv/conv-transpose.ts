/** Cases of ConvTranspose: every rank and way of padding, with extents and channel counts that leave remainders. */
import { floatTolerance } from '../../../../src/core/compare.ts';
import { NO_ACTIVATION, RELU, type OpAttributes } from '../../../../src/ir/ops.ts';
import { product } from '../../../../src/util/arrays.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

type Attributes = OpAttributes['ConvTranspose'];

interface Setup extends Partial<Attributes> {
  readonly x: readonly number[];
  readonly kernel: readonly number[];
  readonly outC: number;
  readonly bias?: boolean;
}

function transposed(name: string, { x, kernel, outC, bias = true, ...attributes }: Setup): OpCase<'ConvTranspose'> {
  const group = attributes.group ?? 1;
  const inC = (x.at(-1) ?? 0) / group;
  return {
    name,
    op: 'ConvTranspose',
    inputs: [
      { shape: x },
      { shape: [...kernel, inC, outC], constant: true },
      bias ? { shape: [outC], constant: true } : undefined,
    ],
    attributes: {
      strides: kernel.map(() => 1),
      dilations: kernel.map(() => 1),
      pads: [...kernel, ...kernel].map(() => 0),
      autoPad: 'explicit',
      outputPads: kernel.map(() => 0),
      outputShape: [],
      group,
      activation: NO_ACTIVATION,
      ...attributes,
    },
    tolerance: floatTolerance(product(kernel) * inC),
  };
}

const two = { kernel: [2, 2], strides: [2, 2] };
const three = { kernel: [3, 3], strides: [2, 2] };

export const convTransposeCases: readonly OpCase<'ConvTranspose'>[] = [
  ...[1, 2, 3, 4, 5].map((c) =>
    transposed(`2x2 stride 2, ${c} to ${9 - c} channels`, { x: [1, 3, 4, c], outC: 9 - c, ...two }),
  ),
  transposed('4x4 stride 2, padded, batch 2', {
    x: [2, 5, 4, 8],
    kernel: [4, 4],
    outC: 12,
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    activation: RELU,
  }),
  transposed('3x3 stride 2, output padding', {
    x: [1, 4, 3, 4],
    outC: 6,
    ...three,
    pads: [1, 1, 1, 1],
    outputPads: [1, 1],
  }),
  transposed('asymmetric pads, no bias', { x: [1, 4, 3, 3], outC: 4, ...three, pads: [0, 2, 1, 0], bias: false }),
  transposed('same upper', { x: [1, 3, 5, 4], outC: 4, ...three, autoPad: 'sameUpper' }),
  transposed('same lower', { x: [1, 3, 5, 4], outC: 3, ...three, autoPad: 'sameLower' }),
  transposed('same, stride beyond the kernel', {
    x: [1, 3, 4, 4],
    kernel: [1, 2],
    outC: 4,
    strides: [2, 3],
    autoPad: 'sameUpper',
  }),
  transposed('output shape, cut', { x: [1, 3, 4, 4], outC: 4, ...three, outputShape: [6, 7] }),
  transposed('output shape, cut from the end', {
    x: [1, 3, 4, 4],
    outC: 4,
    ...three,
    autoPad: 'sameUpper',
    outputShape: [6, 6],
  }),
  transposed('output shape beyond what is met', { x: [1, 3, 2, 4], outC: 5, ...three, outputShape: [8, 5] }),
  transposed('dilated', {
    x: [1, 4, 5, 3],
    kernel: [3, 2],
    outC: 4,
    strides: [2, 3],
    dilations: [3, 2],
    pads: [1, 0, 2, 1],
  }),
  transposed('dilation and stride with a common factor', {
    x: [1, 4, 3, 4],
    kernel: [2, 3],
    outC: 4,
    strides: [4, 2],
    dilations: [2, 4],
  }),
  transposed('stride 1', { x: [1, 5, 4, 4], kernel: [3, 5], outC: 4, pads: [1, 2, 1, 2] }),
  transposed('pointwise', { x: [2, 3, 3, 5], kernel: [1, 1], outC: 7 }),
  transposed('one pixel to many', { x: [2, 1, 1, 6], kernel: [4, 4], outC: 5 }),
  transposed('groups', { x: [1, 3, 4, 6], outC: 9, ...three, group: 3 }),
  transposed('groups in fours', { x: [1, 3, 4, 8], outC: 8, ...two, group: 2 }),
  transposed('depthwise', { x: [1, 4, 3, 5], kernel: [4, 4], outC: 5, strides: [2, 2], pads: [1, 1, 1, 1], group: 5 }),
  transposed('1-D', { x: [2, 7, 3], kernel: [4], outC: 5, strides: [3], pads: [1, 0], outputPads: [2] }),
  transposed('3-D', {
    x: [1, 2, 3, 3, 4],
    kernel: [2, 3, 3],
    outC: 4,
    strides: [2, 2, 1],
    pads: [0, 1, 1, 0, 0, 1],
    outputPads: [1, 0, 0],
    dilations: [1, 1, 2],
  }),
  transposed('3-D, grouped', {
    x: [2, 2, 2, 3, 6],
    kernel: [3, 2, 2],
    outC: 4,
    strides: [1, 2, 3],
    group: 2,
    bias: false,
  }),
  transposed('4x4 stride 2, channels for every lane', {
    x: [1, 3, 5, 7],
    kernel: [4, 4],
    outC: 33,
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  transposed('stride and dilation that share no factor, 3-D', {
    x: [1, 2, 3, 4, 4],
    kernel: [2, 3, 5],
    outC: 16,
    strides: [3, 2, 4],
    dilations: [2, 3, 3],
    pads: [0, 2, 1, 1, 0, 3],
  }),
  transposed('depthwise, in fours, dilated', {
    x: [2, 3, 6, 8],
    kernel: [3, 4],
    outC: 8,
    strides: [2, 2],
    dilations: [1, 3],
    pads: [1, 2, 0, 1],
    group: 8,
  }),
  transposed('depthwise, a wide stride', {
    x: [1, 3, 5, 4],
    kernel: [8, 8],
    outC: 4,
    strides: [4, 4],
    pads: [2, 2, 2, 2],
    group: 4,
  }),
  transposed('depthwise, in fours, a stride and more cut off', {
    x: [2, 5, 6, 8],
    kernel: [5, 4],
    outC: 8,
    strides: [2, 2],
    pads: [3, 5, 1, 0],
    outputPads: [1, 0],
    group: 8,
    activation: RELU,
  }),
  transposed('depthwise, a stride beyond the kernel', {
    x: [1, 3, 4, 3],
    kernel: [1, 2],
    outC: 3,
    strides: [2, 3],
    pads: [0, 1, 0, 0],
    group: 3,
    bias: false,
  }),
  transposed('4x4 stride 2, to one channel, batch 2', {
    x: [2, 3, 5, 4],
    kernel: [4, 4],
    outC: 1,
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  transposed('5x3 stride 3 and 1, to two channels, cut off', {
    x: [1, 3, 9, 5],
    kernel: [5, 3],
    outC: 2,
    strides: [3, 1],
    pads: [4, 1, 0, 2],
    activation: RELU,
  }),
  transposed('depthwise, 1-D', { x: [2, 9, 4], kernel: [3], outC: 4, strides: [1], pads: [1, 1], group: 4 }),
];
