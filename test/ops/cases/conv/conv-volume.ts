/** Cases of Conv over three spatial dimensions. */
import { RELU, RELU6 } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { convCase } from './conv-case.ts';

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
