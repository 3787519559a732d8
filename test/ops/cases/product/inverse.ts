/** Cases of the Inverse operator: one to many rows, batches, rows that must be swapped, singular matrices, NaN. */
import { floatTolerance } from '../../../../src/core/compare.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import { at, range } from '../../../../src/util/arrays.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

function inverse(name: string, shape: Shape, values?: readonly number[]): OpCase<'Inverse'> {
  const n = at(shape, shape.length - 1);
  return {
    name,
    op: 'Inverse',
    inputs: [
      { shape, values: values ?? range(shape.slice(0, -2).reduce((a, b) => a * b, 1)).flatMap(() => turnedRows(n)) },
    ],
    attributes: {},
    tolerance: floatTolerance(n * n),
    noOracle: 'an operator of com.microsoft: see test/formats/onnx/contrib.gpu.test.ts',
  };
}

/** Ones on the other diagonal and a little beside them, so that inverses of many rows stay near 1. */
const turnedRows = (n: number): number[] =>
  range(n * n).map((i) => {
    const [r, c] = [Math.floor(i / n), i % n];
    return (r === n - 1 - c ? 1 : 0) + (((r * 7 + c * 5) % 11) - 5) / (20 * n);
  });

export const inverseCases: readonly OpCase<'Inverse'>[] = [
  inverse('1x1', [1, 1], [-4]),
  inverse('2x2', [2, 2], [0, 1, 2, 3]),
  inverse('3x3', [3, 3]),
  inverse('batches', [3, 5, 4, 4]),
  inverse('batches of 7x7', [5, 7, 7]),
  inverse('17 rows', [17, 17]),
  inverse('batches of 33 rows', [2, 33, 33]),
  inverse('70 rows', [70, 70]),
  inverse('singular, and one that is not', [2, 2, 2], [1, 2, 2, 4, 2, 0, 0, 4]),
  inverse('zeros', [17, 17], range(17 * 17).fill(0)),
  inverse('NaN', [2, 2, 2], [NaN, 1, 1, 2, 1, 0, 0, NaN]),
  inverse('no rows', [3, 0, 0], []),
  inverse('no matrices', [0, 3, 3], []),
];
