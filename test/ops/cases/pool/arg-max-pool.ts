/** Cases of ArgMaxPool: the windows of MaxPool, over few different elements, so that several are the largest. */
import { product } from '../../../../src/util/arrays.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { POOL_SETUPS, POOL_VOLUMES, poolWindow } from './max-pool.ts';

export const argMaxPoolCases: readonly OpCase<'ArgMaxPool'>[] = [
  ...[...POOL_SETUPS, ...POOL_VOLUMES].map(({ name, x, window }, i): OpCase<'ArgMaxPool'> => ({
    name: i % 2 === 0 ? name : `${name}, column by column`,
    op: 'ArgMaxPool',
    inputs: [{ shape: x, values: Array.from({ length: product(x) }, (_, j) => ((j * 7919) % 31) - 15) }],
    attributes: { ...window, storageOrder: i % 2 === 0 ? 'row' : 'column' },
  })),
  {
    name: 'uint8',
    op: 'ArgMaxPool',
    inputs: [{ dtype: 'uint8', shape: [2, 5, 4, 3], low: 0, high: 256 }],
    attributes: { ...poolWindow({ kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }), storageOrder: 'row' },
  },
  {
    name: 'NaN, −Infinity, padding only',
    op: 'ArgMaxPool',
    inputs: [{ shape: [1, 5, 1], values: [1, NaN, -Infinity, NaN, 2] }],
    attributes: { ...poolWindow({ kernel: [2], dilations: [3], pads: [3, 3] }), storageOrder: 'row' },
    noOracle: 'onnxruntime takes the first element whatever it is, and any larger one; NaN is neither',
  },
];
