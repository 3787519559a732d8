/** Cases of PRelu: every way a slope broadcasts. */
import type { OpCase } from '../../../helpers/op-case.ts';

function pReluCase(x: readonly number[], slope: readonly number[]): OpCase<'PRelu'> {
  return {
    name: `[${x.join(', ')}] slope [${slope.join(', ')}]`,
    op: 'PRelu',
    inputs: [{ shape: x }, { shape: slope, constant: true }],
    attributes: {},
  };
}

export const pReluCases: readonly OpCase<'PRelu'>[] = [
  pReluCase([2, 5, 3, 8], [8]),
  pReluCase([2, 5, 3, 7], [7]),
  pReluCase([2, 5, 3, 8], [1]),
  pReluCase([2, 6, 5, 3], [6, 1, 1]),
  pReluCase([1, 5, 3, 4], [5, 1, 4]),
  pReluCase([2, 3, 4], [2, 3, 4]),
  pReluCase([17], [17]),
  {
    name: 'infinities and NaN',
    op: 'PRelu',
    inputs: [
      { shape: [1, 4], values: [-Infinity, Infinity, NaN, -1] },
      { shape: [1], values: [0.25], constant: true },
    ],
    attributes: {},
  },
];
