/** Cases of MaxPool, and the windows it shares with AveragePool. */
import type { OpCase } from '../../../helpers/op-case.ts';
import { range } from '../../../../src/util/arrays.ts';
import type { PoolWindow } from '../../../../src/ir/ops.ts';

/** A window with everything but `kernel` defaulted. */
export function poolWindow(window: Partial<PoolWindow> & Pick<PoolWindow, 'kernel'>): PoolWindow {
  const rank = window.kernel.length;
  return {
    strides: window.kernel.map(() => 1),
    dilations: window.kernel.map(() => 1),
    pads: Array.from({ length: 2 * rank }, () => 0),
    padMode: 'explicit',
    ceilMode: false,
    ...window,
  };
}

/** A named input shape and window. */
export interface PoolSetup {
  readonly name: string;
  readonly x: readonly number[];
  readonly window: PoolWindow;
}

const setup = (name: string, x: readonly number[], window: Parameters<typeof poolWindow>[0]): PoolSetup => ({
  name,
  x,
  window: poolWindow(window),
});

/** Windows over one or two spatial dimensions. */
export const POOL_SETUPS: readonly PoolSetup[] = [
  ...[1, 2, 3, 4, 5, 6, 7].map((c) =>
    setup(`2x2 stride 2, ${c} channels`, [2, 7, 5, c], { kernel: [2, 2], strides: [2, 2] }),
  ),
  ...[3, 5, 7, 17].map((n) =>
    setup(`3x3 stride 2 on ${n}x${n}`, [1, n, n, 4], { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  ),
  setup('one pixel', [3, 1, 1, 5], { kernel: [1, 1] }),
  setup('stride beyond the kernel', [1, 11, 11, 4], { kernel: [2, 2], strides: [3, 3] }),
  setup('asymmetric pads', [1, 6, 7, 4], { kernel: [3, 3], strides: [2, 2], pads: [0, 1, 2, 0] }),
  setup('dilated', [1, 9, 9, 3], { kernel: [2, 3], dilations: [3, 2], pads: [1, 2, 1, 2] }),
  setup('anisotropic', [1, 9, 13, 4], { kernel: [1, 5], strides: [2, 3], pads: [0, 2, 0, 2] }),
  setup('ceil', [1, 6, 7, 4], { kernel: [3, 3], strides: [2, 2], ceilMode: true }),
  setup('ceil, padded', [1, 8, 7, 3], { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceilMode: true }),
  setup('ceil, window past the end dropped', [1, 5, 5, 4], {
    kernel: [2, 2],
    strides: [4, 4],
    pads: [1, 1, 0, 0],
    ceilMode: true,
  }),
  setup('ceil, stride 3', [1, 8, 9, 4], { kernel: [2, 2], strides: [3, 3], pads: [1, 1, 1, 1], ceilMode: true }),
  setup('same upper', [1, 6, 7, 4], { kernel: [3, 2], strides: [2, 2], padMode: 'sameUpper' }),
  setup('same lower', [1, 6, 7, 4], { kernel: [3, 2], strides: [2, 2], padMode: 'sameLower' }),
  setup('whole image', [2, 7, 7, 8], { kernel: [7, 7] }),
  setup('ceil, less than one window', [2, 1, 1, 3], { kernel: [2, 3], strides: [2, 3], ceilMode: true }),
  setup('ceil, less than one window, padded', [1, 1, 2, 4], {
    kernel: [4, 4],
    strides: [3, 2],
    pads: [1, 0, 0, 1],
    ceilMode: true,
  }),
  setup('1-D, ceil, less than one window', [1, 2, 5], { kernel: [5], strides: [4], ceilMode: true }),
  setup('a stride beyond every image', [1, 3, 4, 4], { kernel: [3, 3], strides: [2 ** 27, 2 ** 27] }),
  setup('1-D', [2, 17, 5], { kernel: [3], strides: [2], pads: [1, 1] }),
  setup('1-D, ceil', [1, 10, 4], { kernel: [3], strides: [2], ceilMode: true }),
];

const nonFinite = [NaN, 1, 2, 3, -Infinity, -Infinity, 5, Infinity, -Infinity, -Infinity, 6, -7, 8, 9, NaN, 10];

export const maxPoolCases: readonly OpCase<'MaxPool'>[] = [
  ...POOL_SETUPS.map(({ name, x, window }): OpCase<'MaxPool'> => ({
    name,
    op: 'MaxPool',
    inputs: [{ shape: x }],
    attributes: window,
  })),
  {
    name: 'padding never beats negative elements',
    op: 'MaxPool',
    inputs: [{ shape: [1, 5, 5, 4], low: -9, high: -8 }],
    attributes: poolWindow({ kernel: [3, 3], pads: [1, 1, 1, 1] }),
  },
  {
    name: 'infinities',
    op: 'MaxPool',
    inputs: [{ shape: [1, 4, 4, 1], values: nonFinite.map((v) => (Number.isNaN(v) ? 0 : v)) }],
    attributes: poolWindow({ kernel: [2, 2], strides: [2, 2] }),
  },
  {
    name: 'NaN wins',
    op: 'MaxPool',
    inputs: [{ shape: [1, 4, 4, 1], values: nonFinite }],
    attributes: poolWindow({ kernel: [2, 2], strides: [2, 2] }),
    noOracle: 'ONNX does not say what MaxPool makes of NaN',
  },
  {
    name: 'NaN wins, four channels',
    op: 'MaxPool',
    inputs: [{ shape: [1, 2, 2, 4], values: nonFinite }],
    attributes: poolWindow({ kernel: [2, 2] }),
    noOracle: 'ONNX does not say what MaxPool makes of NaN',
  },
  // What onnxruntime has where it computes in vectors; it passes over NaN where it does not, at edges and in one dimension.
  {
    name: 'NaN at every place of a window',
    op: 'MaxPool',
    inputs: [{ shape: [1, 12, 12, 1], values: range(144).map((i) => (i % 37 === 5 ? NaN : ((i * 7) % 11) - 5)) }],
    attributes: poolWindow({ kernel: [3, 3], pads: [1, 1, 1, 1] }),
  },
];

/** Windows over three spatial dimensions. */
export const POOL_VOLUMES: readonly PoolSetup[] = [
  setup('3-D', [1, 4, 5, 6, 3], { kernel: [2, 3, 2], strides: [1, 2, 2], pads: [1, 1, 0, 0, 1, 1] }),
  setup('3-D, in fours, batch 2', [2, 3, 5, 4, 8], { kernel: [3, 3, 3], strides: [2, 2, 2], pads: [1, 1, 1, 1, 1, 1] }),
  setup('3-D, ceil', [1, 5, 6, 7, 2], {
    kernel: [2, 3, 3],
    strides: [3, 2, 2],
    pads: [0, 1, 1, 0, 1, 1],
    ceilMode: true,
  }),
  setup('3-D, ceil, less than one window', [1, 1, 4, 1, 3], {
    kernel: [2, 2, 3],
    strides: [2, 2, 3],
    ceilMode: true,
  }),
  setup('3-D, dilated', [1, 6, 5, 7, 4], { kernel: [2, 2, 3], dilations: [3, 2, 2], pads: [1, 0, 1, 0, 1, 1] }),
  setup('3-D, overlapping, odd', [2, 7, 5, 3, 5], {
    kernel: [3, 3, 3],
    strides: [1, 1, 2],
    pads: [1, 1, 1, 1, 0, 1],
    ceilMode: true,
  }),
  setup('3-D, same lower', [1, 4, 5, 6, 3], { kernel: [2, 3, 2], strides: [2, 2, 2], padMode: 'sameLower' }),
];

export const maxPoolVolumeCases: readonly OpCase<'MaxPool'>[] = [
  ...POOL_VOLUMES.map(({ name, x, window }): OpCase<'MaxPool'> => ({
    name,
    op: 'MaxPool',
    inputs: [{ shape: x }],
    attributes: window,
  })),
  {
    name: '3-D, NaN wins',
    op: 'MaxPool',
    inputs: [{ shape: [1, 2, 2, 2, 2], values: nonFinite }],
    attributes: poolWindow({ kernel: [1, 2, 2] }),
    noOracle: 'onnxruntime starts from the lowest finite float32, not from −Infinity',
  },
];

const INTEGERS = ['int8', 'uint8'] as const;

export const maxPoolIntegerCases: readonly OpCase<'MaxPool'>[] = [
  ...INTEGERS.flatMap((dtype) =>
    POOL_SETUPS.filter(({ name }) => /ceil|pads|dilated|1-D|[34] channels/.test(name)).map(
      ({ name, x, window }): OpCase<'MaxPool'> => ({
        name: `${dtype}, ${name}`,
        op: 'MaxPool',
        inputs: [{ dtype, shape: x, low: dtype === 'int8' ? -128 : 0, high: dtype === 'int8' ? 128 : 256 }],
        attributes: window,
      }),
    ),
  ),
  {
    name: 'int8, all negative',
    op: 'MaxPool',
    inputs: [{ dtype: 'int8', shape: [1, 3, 3, 4], low: -128, high: -100 }],
    attributes: poolWindow({ kernel: [3, 3], pads: [1, 1, 1, 1] }),
  },
  {
    name: 'int8, a dilated window that sees padding only',
    op: 'MaxPool',
    inputs: [{ dtype: 'int8', shape: [1, 3, 1], values: [-5, -6, -7] }],
    attributes: poolWindow({ kernel: [2], dilations: [5], pads: [2, 2] }),
    noOracle: 'onnxruntime refuses padding of as many elements as the kernel has',
  },
  {
    name: 'int32',
    op: 'MaxPool',
    inputs: [{ dtype: 'int32', shape: [1, 4, 5, 3], low: -1e9, high: 1e9 }],
    attributes: poolWindow({ kernel: [2, 2], pads: [1, 1, 0, 0] }),
    noOracle: 'ONNX has no MaxPool of int32',
  },
];
