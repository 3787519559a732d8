/** Cases of AveragePool: the windows of MaxPool, with padding counted and not. */
import type { OpCase } from '../../../helpers/op-case.ts';
import { POOL_SETUPS, poolWindow } from './max-pool.ts';

export const averagePoolCases: readonly OpCase<'AveragePool'>[] = [false, true].flatMap((countIncludePad) =>
  POOL_SETUPS.map(({ name, x, window }): OpCase<'AveragePool'> => ({
    name: countIncludePad ? `${name}, padding counted` : name,
    op: 'AveragePool',
    inputs: [{ shape: x }],
    attributes: { ...window, countIncludePad },
  })),
);

/** Three spatial dimensions: the reference has them, the GPU does not. */
export const averagePool3dCases: readonly OpCase<'AveragePool'>[] = [
  {
    name: '3-D',
    op: 'AveragePool',
    inputs: [{ shape: [1, 4, 5, 6, 3] }],
    attributes: {
      ...poolWindow({ kernel: [2, 3, 2], strides: [1, 2, 2], pads: [1, 1, 0, 0, 1, 1] }),
      countIncludePad: true,
    },
  },
];
