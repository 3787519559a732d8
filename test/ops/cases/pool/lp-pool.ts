/** Cases of LpPool: some windows of MaxPool, norms of several orders. */
import type { OpCase } from '../../../helpers/op-case.ts';
import { POOL_SETUPS, POOL_VOLUMES } from './max-pool.ts';

export const lpPoolCases: readonly OpCase<'LpPool'>[] = [...POOL_SETUPS, ...POOL_VOLUMES]
  .filter((_, i) => i % 2 === 0)
  .map(({ name, x, window }, i): OpCase<'LpPool'> => ({
    name: `${name}, order ${(i % 3) + 1}`,
    op: 'LpPool',
    inputs: [{ shape: x }],
    attributes: { ...window, p: (i % 3) + 1 },
  }));
