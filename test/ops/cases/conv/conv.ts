/** Cases of Conv: every structure the kernels specialise on, with extents and channel counts that leave remainders. */
import type { Activation, OpAttributes } from '../../../../src/ir/ops.ts';
import { NO_ACTIVATION, RELU, RELU6 } from '../../../../src/ir/ops.ts';
import { floatTolerance } from '../../../../src/core/compare.ts';
import { product } from '../../../../src/util/arrays.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

interface ConvSetup {
  readonly x: readonly number[];
  /** Kernel extents, then output channels; the input channels of one group follow from x and `group`. */
  readonly kernel: readonly number[];
  readonly outC: number;
  readonly group?: number;
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly pads?: readonly number[];
  readonly padMode?: OpAttributes['Conv']['padMode'];
  readonly bias?: boolean;
  /** Shape of the residual, which is the output's. */
  readonly residual?: readonly number[];
  readonly activation?: Activation;
}

function convCase(name: string, c: ConvSetup): OpCase<'Conv'> {
  const rank = c.kernel.length;
  const group = c.group ?? 1;
  const inC = (c.x.at(-1) ?? 0) / group;
  const weights: CaseInput = { shape: [...c.kernel, inC, c.outC], constant: true };
  return {
    name,
    op: 'Conv',
    inputs: [
      { shape: c.x },
      weights,
      c.bias === false ? undefined : { shape: [c.outC], constant: true },
      ...(c.residual ? [{ shape: c.residual }] : []),
    ],
    attributes: {
      strides: c.strides ?? c.kernel.map(() => 1),
      dilations: c.dilations ?? c.kernel.map(() => 1),
      pads: c.pads ?? Array.from({ length: 2 * rank }, () => 0),
      padMode: c.padMode ?? 'explicit',
      group,
      activation: c.activation ?? NO_ACTIVATION,
    },
    tolerance: floatTolerance(product(c.kernel) * inC),
  };
}

const same = [1, 1, 1, 1];

const pointwise: readonly OpCase<'Conv'>[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((c) =>
    convCase(`pointwise ${c} to ${9 - c}`, { x: [1, 5, 3, c], kernel: [1, 1], outC: 9 - c }),
  ),
  convCase('pointwise 12 to 20, batch 3', { x: [3, 7, 5, 12], kernel: [1, 1], outC: 20 }),
  convCase('pointwise on one pixel', { x: [1, 1, 1, 32], kernel: [1, 1], outC: 10 }),
  convCase('pointwise, long sum', { x: [1, 3, 3, 1024], kernel: [1, 1], outC: 17 }),
  convCase('pointwise, residual, relu6', {
    x: [2, 5, 5, 8],
    kernel: [1, 1],
    outC: 12,
    residual: [2, 5, 5, 12],
    activation: RELU6,
  }),
  convCase('pointwise, residual, odd channels', {
    x: [2, 5, 5, 7],
    kernel: [1, 1],
    outC: 5,
    residual: [2, 5, 5, 5],
    bias: false,
  }),
  convCase('pointwise, strided', { x: [1, 7, 7, 8], kernel: [1, 1], outC: 6, strides: [2, 2] }),
  convCase('pointwise, padded', { x: [1, 3, 3, 4], kernel: [1, 1], outC: 4, pads: [1, 0, 0, 2] }),
  convCase('pointwise, grouped', { x: [1, 4, 4, 8], kernel: [1, 1], outC: 12, group: 2 }),
];

/** Depthwise, and as wide as the input: dilations below, at and beyond the extents. */
const dilatedDepthwise: readonly OpCase<'Conv'>[] = (
  [
    [[1, 17, 13, 8], 3, 2],
    [[2, 7, 17, 5], 3, 3],
    [[1, 13, 17, 12], 3, 6],
    [[1, 5, 7, 4], 3, 5],
    [[1, 5, 3, 8], 3, 6],
    [[2, 11, 9, 4], 5, 2],
  ] as const
).map(([x, k, dilation]) => {
  const pad = ((k - 1) / 2) * dilation;
  return convCase(`depthwise ${k}x${k} on [${x}], dilation ${dilation}`, {
    x,
    kernel: [k, k],
    outC: x[3],
    group: x[3],
    dilations: [dilation, dilation],
    pads: [pad, pad, pad, pad],
  });
});

/** Images and pads that differ by axis, and what follows the sum. */
const dilatedTails: readonly OpCase<'Conv'>[] = [
  convCase('depthwise, dilated, one axis, asymmetric pads, residual, relu', {
    x: [2, 5, 14, 8],
    kernel: [1, 5],
    outC: 8,
    group: 8,
    dilations: [7, 2],
    pads: [0, 1, 0, 4],
    residual: [2, 5, 11, 8],
    activation: RELU,
  }),
  convCase('depthwise, dilated by 2 and 5, no pads, 192 channels', {
    x: [1, 15, 17, 192],
    kernel: [3, 3],
    outC: 192,
    group: 192,
    dilations: [2, 5],
    bias: false,
  }),
  convCase('depthwise, dilated, strided', {
    x: [1, 9, 9, 4],
    kernel: [3, 3],
    outC: 4,
    group: 4,
    strides: [2, 2],
    dilations: [2, 2],
    pads: [2, 2, 2, 2],
  }),
];

const depthwise: readonly OpCase<'Conv'>[] = [
  ...[1, 2, 3].flatMap((s) =>
    [3, 5].map((k) => {
      const p = (k - 1) / 2;
      return convCase(`depthwise ${k}x${k} stride ${s}`, {
        x: [1, 17, 7, 8],
        kernel: [k, k],
        outC: 8,
        group: 8,
        strides: [s, s],
        pads: [p, p, p, p],
      });
    }),
  ),
  ...[2, 3, 5, 6, 7].map((c) =>
    convCase(`depthwise, ${c} channels`, { x: [2, 5, 7, c], kernel: [3, 3], outC: c, group: c, pads: same }),
  ),
  convCase('depthwise, a stride beyond every image', {
    x: [1, 4, 5, 4],
    kernel: [3, 3],
    outC: 4,
    group: 4,
    strides: [2 ** 27, 2 ** 27],
    pads: same,
  }),
  convCase('depthwise, multiplier 2', { x: [1, 5, 5, 6], kernel: [3, 3], outC: 12, group: 6, pads: same }),
  convCase('depthwise, multiplier 4', { x: [1, 5, 5, 3], kernel: [3, 3], outC: 12, group: 3, pads: same }),
  convCase('depthwise, dilated', {
    x: [1, 9, 9, 4],
    kernel: [3, 3],
    outC: 4,
    group: 4,
    dilations: [2, 3],
    pads: [2, 3, 2, 3],
  }),
  ...dilatedDepthwise,
  ...dilatedTails,
  convCase('depthwise, residual, relu', {
    x: [1, 5, 6, 8],
    kernel: [3, 3],
    outC: 8,
    group: 8,
    pads: same,
    residual: [1, 5, 6, 8],
    activation: RELU,
  }),
  convCase('depthwise, residual, no bias, odd', {
    x: [1, 5, 6, 3],
    kernel: [3, 3],
    outC: 3,
    group: 3,
    pads: same,
    residual: [1, 5, 6, 3],
    bias: false,
  }),
  // Many channels: strips of the sliding variant are as high as half the image, or all of it.
  ...[1, 2].flatMap((s) =>
    [3, 5].map((k) => {
      const p = (k - 1) / 2;
      return convCase(`depthwise ${k}x${k} stride ${s}, 192 channels, asymmetric pads`, {
        x: [1, 13, 11, 192],
        kernel: [k, k],
        outC: 192,
        group: 192,
        strides: [s, s],
        pads: [p, 0, 0, p],
        activation: RELU6,
      });
    }),
  ),
  convCase('depthwise, 320 channels, batch 2', {
    x: [2, 7, 7, 320],
    kernel: [3, 3],
    outC: 320,
    group: 320,
    pads: same,
  }),
  convCase('depthwise, window of the whole image', { x: [2, 7, 7, 8], kernel: [7, 7], outC: 8, group: 8 }),
  convCase('depthwise, 1x9 kernel', { x: [1, 3, 12, 4], kernel: [1, 9], outC: 4, group: 4, pads: [0, 4, 0, 4] }),
  convCase('depthwise, 9x9 kernel', { x: [1, 9, 11, 8], kernel: [9, 9], outC: 8, group: 8, pads: [4, 4, 4, 4] }),
  convCase('depthwise, 3x13 kernel, stride, dilation, residual', {
    x: [2, 8, 30, 5],
    kernel: [3, 13],
    outC: 5,
    group: 5,
    strides: [2, 3],
    dilations: [1, 2],
    pads: [1, 7, 2, 8],
    residual: [2, 5, 7, 5],
  }),
  convCase('depthwise, 11x8 kernel, multiplier 2', {
    x: [1, 12, 9, 4],
    kernel: [11, 8],
    outC: 8,
    group: 4,
    bias: false,
  }),
  convCase('depthwise, one input channel', { x: [1, 5, 5, 1], kernel: [3, 3], outC: 5 }),
];

const direct: readonly OpCase<'Conv'>[] = [
  ...[1, 3, 5, 7, 17].map((n) =>
    convCase(`3x3 on ${n}x${n}`, { x: [1, n, n, 4], kernel: [3, 3], outC: 8, pads: same }),
  ),
  ...[1, 2, 3].flatMap((s) =>
    [3, 4, 6].map((c) =>
      convCase(`3x3 stride ${s}, ${c} channels`, {
        x: [2, 8, 11, c],
        kernel: [3, 3],
        outC: c + 3,
        strides: [s, s],
        pads: same,
      }),
    ),
  ),
  convCase('stem 7x7 stride 2', {
    x: [1, 23, 21, 3],
    kernel: [7, 7],
    outC: 16,
    strides: [2, 2],
    pads: [3, 3, 3, 3],
    activation: RELU,
  }),
  convCase('stride beyond the kernel', { x: [1, 17, 17, 4], kernel: [2, 2], outC: 4, strides: [3, 5] }),
  convCase('anisotropic', {
    x: [1, 9, 13, 5],
    kernel: [1, 5],
    outC: 6,
    strides: [2, 1],
    dilations: [1, 2],
    pads: [0, 3, 1, 4],
  }),
  convCase('a stride beyond every image', {
    x: [2, 4, 5, 5],
    kernel: [3, 2],
    outC: 3,
    strides: [2 ** 27, 2 ** 27],
    pads: [1, 0, 0, 1],
  }),
  convCase('dilated', { x: [1, 11, 11, 4], kernel: [3, 3], outC: 4, dilations: [2, 3], pads: [2, 3, 2, 3] }),
  convCase('asymmetric pads', { x: [1, 6, 6, 4], kernel: [3, 3], outC: 4, strides: [2, 2], pads: [0, 0, 1, 1] }),
  convCase('pads wider than the kernel', { x: [1, 3, 3, 2], kernel: [2, 2], outC: 3, pads: [3, 0, 2, 4] }),
  convCase('whole image', { x: [2, 5, 5, 6], kernel: [5, 5], outC: 10 }),
  convCase('2 groups of 4 to 8', { x: [1, 5, 5, 8], kernel: [3, 3], outC: 16, group: 2, pads: same }),
  convCase('3 groups of 2 to 3', { x: [2, 5, 5, 6], kernel: [3, 3], outC: 9, group: 3, pads: same }),
  convCase('5 groups of 4 to 1', { x: [1, 4, 4, 20], kernel: [3, 3], outC: 5, group: 5, pads: same }),
  convCase('residual, leaky, grouped', {
    x: [1, 5, 5, 6],
    kernel: [3, 3],
    outC: 6,
    group: 2,
    pads: same,
    residual: [1, 5, 5, 6],
    activation: { kind: 'leakyRelu', alpha: 0.1, beta: 0 },
  }),
  convCase('residual, swish, vector', {
    x: [2, 5, 5, 8],
    kernel: [3, 3],
    outC: 8,
    pads: same,
    residual: [2, 5, 5, 8],
    activation: { kind: 'swish', alpha: 0, beta: 0 },
  }),
  convCase('no bias', { x: [1, 5, 5, 4], kernel: [3, 3], outC: 4, bias: false }),
  convCase('long sum', { x: [1, 5, 5, 256], kernel: [3, 3], outC: 8, pads: same }),
  convCase('same upper', { x: [1, 6, 7, 3], kernel: [3, 4], outC: 4, strides: [2, 3], padMode: 'sameUpper' }),
  convCase('same lower', { x: [1, 6, 7, 3], kernel: [3, 4], outC: 4, strides: [2, 3], padMode: 'sameLower' }),
];

const oneDimensional: readonly OpCase<'Conv'>[] = [
  convCase('1-D', { x: [2, 17, 5], kernel: [3], outC: 7, pads: [1, 1] }),
  convCase('1-D, strided, dilated, grouped', {
    x: [1, 33, 8],
    kernel: [5],
    outC: 12,
    group: 2,
    strides: [2],
    dilations: [3],
    pads: [4, 2],
  }),
  convCase('1-D, pointwise', { x: [2, 9, 8], kernel: [1], outC: 4 }),
  convCase('1-D, depthwise', { x: [1, 9, 8], kernel: [3], outC: 8, group: 8, pads: [1, 1] }),
  convCase('1-D, same upper', { x: [1, 10, 3], kernel: [4], outC: 2, strides: [3], padMode: 'sameUpper' }),
];

export const convCases: readonly OpCase<'Conv'>[] = [...pointwise, ...depthwise, ...direct, ...oneDimensional];

/** Three spatial dimensions. */
export const convVolumeCases: readonly OpCase<'Conv'>[] = [
  convCase('3-D', { x: [1, 4, 5, 6, 3], kernel: [3, 3, 3], outC: 4, pads: [1, 1, 1, 1, 1, 1] }),
  convCase('3-D, strided, dilated, grouped', {
    x: [2, 5, 6, 7, 4],
    kernel: [2, 3, 2],
    outC: 6,
    group: 2,
    strides: [1, 2, 3],
    dilations: [2, 1, 2],
    pads: [1, 0, 2, 0, 1, 1],
  }),
  convCase('3-D, in fours, residual, relu', {
    x: [1, 3, 4, 5, 8],
    kernel: [3, 1, 3],
    outC: 8,
    pads: [1, 0, 1, 1, 0, 1],
    residual: [1, 3, 4, 5, 8],
    activation: RELU,
  }),
  convCase('3-D, depthwise', { x: [1, 4, 5, 3, 6], kernel: [3, 3, 3], outC: 6, group: 6, pads: [1, 1, 1, 1, 1, 1] }),
  convCase('3-D, planes apart', {
    x: [2, 3, 5, 7, 4],
    kernel: [1, 3, 3],
    outC: 8,
    pads: [0, 1, 1, 0, 1, 1],
    residual: [2, 3, 5, 7, 8],
    activation: RELU,
  }),
  convCase('3-D, every second plane, padded', {
    x: [1, 5, 3, 7, 3],
    kernel: [1, 3, 3],
    outC: 5,
    strides: [2, 1, 2],
    pads: [1, 1, 0, 2, 1, 1],
  }),
  convCase('3-D, along the depth', {
    x: [2, 7, 3, 5, 8],
    kernel: [3, 1, 1],
    outC: 12,
    dilations: [2, 1, 1],
    pads: [3, 0, 0, 1, 0, 0],
    activation: RELU6,
  }),
  convCase('3-D, along the depth, odd channels', {
    x: [2, 17, 1, 3, 7],
    kernel: [5, 1, 1],
    outC: 3,
    strides: [3, 1, 1],
    pads: [2, 0, 0, 2, 0, 0],
  }),
  convCase('3-D 3x3x3, strided in depth, asymmetric pads', {
    x: [2, 5, 7, 9, 8],
    kernel: [3, 3, 3],
    outC: 16,
    strides: [2, 1, 1],
    pads: [0, 1, 0, 1, 1, 2],
    bias: false,
  }),
  convCase('3-D 3x3x3, strided, dilated', {
    x: [2, 7, 9, 7, 5],
    kernel: [3, 3, 3],
    outC: 6,
    strides: [2, 2, 2],
    dilations: [2, 1, 2],
    pads: [2, 1, 2, 2, 0, 1],
    residual: [2, 4, 4, 3, 6],
  }),
  convCase('3-D, pointwise', { x: [2, 2, 3, 4, 5], kernel: [1, 1, 1], outC: 7, bias: false }),
  convCase('3-D, same upper', {
    x: [1, 4, 5, 6, 3],
    kernel: [2, 3, 2],
    outC: 2,
    strides: [2, 2, 3],
    padMode: 'sameUpper',
  }),
];
