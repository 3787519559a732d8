/** Cases of Conv: every structure the kernels specialise on, with extents and channel counts that leave remainders. */
import { RELU, RELU6 } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { convCase } from './conv-case.ts';

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
