/** Cases of LpPool: some windows of MaxPool, norms of several orders. */
import type { OpCase } from '../../../helpers/op-case.ts';
import { POOL_SETUPS, POOL_VOLUMES } from './max-pool.ts';

const PAIRS = { kernel: [1, 2], strides: [1, 2], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;

export const lpPoolCases: readonly OpCase<'LpPool'>[] = [
  ...[...POOL_SETUPS, ...POOL_VOLUMES]
    .filter((_, i) => i % 2 === 0)
    .map(({ name, x, window }, i): OpCase<'LpPool'> => ({
      name: `${name}, order ${(i % 3) + 1}`,
      op: 'LpPool',
      inputs: [{ shape: x }],
      attributes: { ...window, p: (i % 3) + 1 },
    })),
  ...[1, 4].map((channels): OpCase<'LpPool'> => ({
    name: `NaN and infinity, ${channels} channels`,
    op: 'LpPool',
    inputs: [{ shape: [1, 1, 8 / channels, channels], values: [NaN, 1, 2, -3, 4, Infinity, 0, 0] }],
    attributes: { ...PAIRS, ceilMode: false, p: 2 },
  })),
];
