/** Cases of AveragePool: the windows of MaxPool, with padding counted and not. */
import type { OpCase } from '../../../helpers/op-case.ts';
import { POOL_SETUPS, POOL_VOLUMES, poolWindow } from './max-pool.ts';

export const averagePoolCases: readonly OpCase<'AveragePool'>[] = [false, true].flatMap((countIncludePad) =>
  POOL_SETUPS.map(({ name, x, window }): OpCase<'AveragePool'> => ({
    name: countIncludePad ? `${name}, padding counted` : name,
    op: 'AveragePool',
    inputs: [{ shape: x }],
    attributes: { ...window, countIncludePad },
  })),
);

/** Dilated windows around the only element of an extent. */
export const averagePoolPaddingCases: readonly OpCase<'AveragePool'>[] = [
  {
    name: 'windows that see padding only',
    op: 'AveragePool',
    inputs: [{ shape: [1, 1, 2, 4] }],
    attributes: {
      ...poolWindow({ kernel: [2, 1], dilations: [2, 1], pads: [1, 0, 1, 0] }),
      countIncludePad: false,
    },
  },
  {
    name: '3-D, windows that see padding only',
    op: 'AveragePool',
    inputs: [{ shape: [1, 1, 2, 1, 3] }],
    attributes: {
      ...poolWindow({ kernel: [2, 1, 1], dilations: [2, 1, 1], pads: [1, 0, 0, 1, 0, 0] }),
      countIncludePad: false,
    },
  },
];

/** Three spatial dimensions. */
export const averagePoolVolumeCases: readonly OpCase<'AveragePool'>[] = [false, true].flatMap((countIncludePad) =>
  POOL_VOLUMES.map(({ name, x, window }): OpCase<'AveragePool'> => ({
    name: countIncludePad ? `${name}, padding counted` : name,
    op: 'AveragePool',
    inputs: [{ shape: x }],
    attributes: { ...window, countIncludePad },
  })),
);
