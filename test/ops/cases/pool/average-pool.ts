/** Cases of AveragePool: the windows of MaxPool, with padding counted and not. */
import type { OpCase } from '../../../helpers/op-case.ts';
import { POOL_SETUPS, POOL_VOLUMES } from './max-pool.ts';

export const averagePoolCases: readonly OpCase<'AveragePool'>[] = [false, true].flatMap((countIncludePad) =>
  POOL_SETUPS.map(({ name, x, window }): OpCase<'AveragePool'> => ({
    name: countIncludePad ? `${name}, padding counted` : name,
    op: 'AveragePool',
    inputs: [{ shape: x }],
    attributes: { ...window, countIncludePad },
  })),
);

/** Three spatial dimensions. */
export const averagePoolVolumeCases: readonly OpCase<'AveragePool'>[] = [false, true].flatMap((countIncludePad) =>
  POOL_VOLUMES.map(({ name, x, window }): OpCase<'AveragePool'> => ({
    name: countIncludePad ? `${name}, padding counted` : name,
    op: 'AveragePool',
    inputs: [{ shape: x }],
    attributes: { ...window, countIncludePad },
  })),
);
