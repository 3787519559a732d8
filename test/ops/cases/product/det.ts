/** Cases of the Det operator: none to many rows, batches, rows that must be swapped, singular matrices, NaN and infinities. */
import { floatTolerance } from '../../../../src/core/compare.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import { at, range } from '../../../../src/util/arrays.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

function det(name: string, shape: Shape, values?: readonly number[]): OpCase<'Det'> {
  const n = at(shape, shape.length - 1);
  return {
    name,
    op: 'Det',
    inputs: [{ shape, ...(values ? { values } : {}) }],
    attributes: {},
    tolerance: floatTolerance(n * n),
  };
}

/** Ones on the diagonal and a little beside them, so that determinants of many rows stay near 1; rows turned round. */
const turned = (n: number): number[] =>
  range(n * n).map((i) => {
    const [r, c] = [Math.floor(i / n), i % n];
    return (r === n - 1 - c ? 1 : 0) + (((r * 7 + c * 5) % 11) - 5) / (20 * n);
  });

export const detCases: readonly OpCase<'Det'>[] = [
  det('1x1', [1, 1], [-3]),
  det('2x2', [2, 2], [0, 1, 2, 3]),
  det('3x3', [3, 3]),
  det('5x5', [5, 5]),
  det('batches', [3, 5, 4, 4]),
  det('batches of 7x7', [5, 7, 7]),
  det('16 rows', [2, 16, 16], [...turned(16), ...turned(16)]),
  det('17 rows', [17, 17], turned(17)),
  det('batches of 33 rows', [2, 33, 33], [...turned(33), ...turned(33).map((v) => -v)]),
  det('70 rows', [70, 70], turned(70)),
  det('singular', [3, 3], [1, 2, 3, 2, 4, 6, 1, 1, 1]),
  det('zeros', [2, 2, 2], [0, 0, 0, 0, 0, 5, 0, 1]),
  {
    ...det('NaN and infinities', [3, 2, 2], [NaN, 1, 1, 2, 0, NaN, 0, 1, Infinity, 0, 0, 2]),
    noOracle: 'onnxruntime: as it chooses pivots',
  },
  { ...det('no rows', [3, 0, 0], []), noOracle: 'onnxruntime refuses it' },
  det('no matrices', [0, 3, 3], []),
];
