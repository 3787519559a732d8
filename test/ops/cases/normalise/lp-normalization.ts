/** Cases of LpNormalization: both norms, with and without factors, rows of odd lengths and long ones, norms of 0, NaN. */
import type { OpCase } from '../../../helpers/op-case.ts';

type Attributes = OpCase<'LpNormalization'>['attributes'];

function lpCase(shape: readonly number[], scaled: boolean, own: Partial<Attributes> = {}): OpCase<'LpNormalization'> {
  const attributes = { p: 2, least: 1e-12, added: 0, ...own } as const;
  const factors = scaled ? [{ shape: shape.slice(-1), low: 10, high: 20 }] : [];
  const { p, least, added } = attributes;
  return {
    name: `[${shape.join(', ')}]${scaled ? ' by factors' : ''}, p ${p}, least ${least}, added ${added}`,
    op: 'LpNormalization',
    inputs: [{ shape, low: -4, high: 4 }, ...factors],
    attributes,
  };
}

export const lpNormalizationCases: readonly OpCase<'LpNormalization'>[] = [
  lpCase([1, 3, 5, 16], true),
  lpCase([2, 3, 3, 7], true, { added: 0.5 }),
  lpCase([1, 7, 1, 17], false, { p: 1, least: 30 }),
  lpCase([2, 1, 3, 68], true, { p: 1 }),
  lpCase([3, 5, 129], true, { least: 20 }),
  lpCase([5, 260], false, { added: 1e-3 }),
  lpCase([3, 1], true),
  lpCase([6], false),
  lpCase([2, 0, 8], true),
  {
    name: 'a row of zeros',
    op: 'LpNormalization',
    inputs: [{ shape: [2, 3], values: [0, 0, 0, 3, 0, -4] }],
    attributes: { p: 2, least: 2 ** -126, added: 0 },
  },
  {
    name: 'NaN and infinity',
    op: 'LpNormalization',
    inputs: [
      { shape: [3, 4], values: [1, NaN, 2, 3, 1, -Infinity, 0, 2, 3, 4, 0, 0] },
      { shape: [4], values: [1, 2, 3, 4] },
    ],
    attributes: { p: 2, least: 1, added: 0 },
  },
];
