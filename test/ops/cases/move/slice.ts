/** Cases of the Slice operator: negative bounds, steps and axes, ends out of range, empty results. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

/** Start, end, axis, step. */
type Cut = readonly [start: number, end: number, axis: number, step: number];

const FAR = 2147483647;

const ints = (values: readonly number[]): CaseInput => ({
  dtype: 'int64',
  shape: [values.length],
  values,
  constant: true,
});

const slice = (shape: Shape, cuts: readonly Cut[], dtype: DType = 'float32'): OpCase<'Slice'> => ({
  name: `${dtype} [${shape.join(', ')}] ${cuts.map(([s, e, a, st]) => `${a}: ${s}…${e} by ${st}`).join('; ')}`,
  op: 'Slice',
  inputs: [
    { dtype, shape, low: 0, high: 100 },
    ints(cuts.map((c) => c[0])),
    ints(cuts.map((c) => c[1])),
    ints(cuts.map((c) => c[2])),
    ints(cuts.map((c) => c[3])),
  ],
  attributes: {},
});

export const sliceCases: readonly OpCase<'Slice'>[] = [
  slice([7], [[2, 5, 0, 1]]),
  slice([7], [[-5, -1, 0, 1]]),
  slice([7], [[1, FAR, 0, 2]]),
  slice([7], [[-1, -FAR, 0, -1]]),
  slice([7], [[5, 0, 0, -2]]),
  slice([7], [[FAR, -8, 0, -3]]),
  slice([7], [[4, FAR, 0, -3]]),
  slice([7], [[4, 2, 0, 1]]),
  slice([7], [[9, 12, 0, 1]]),
  slice([3, 5, 7], [[1, 4, 1, 1]]),
  slice(
    [3, 5, 7],
    [
      [0, 2, 0, 1],
      [1, FAR, -1, 3],
    ],
  ),
  slice(
    [3, 5, 7],
    [
      [-1, -FAR, 2, -1],
      [-1, -FAR, 1, -2],
      [-1, -FAR, 0, -1],
    ],
  ),
  slice([2, 3, 5, 16], [[4, 12, 3, 1]]),
  slice([2, 3, 6, 8], [[1, 5, 2, 2]]),
  slice([2, 3, 5, 16], [[2, 12, 3, 1]]),
  slice(
    [2, 3, 4, 2, 3, 5],
    [
      [1, 2, 0, 1],
      [1, FAR, 2, 2],
      [-1, -FAR, 5, -2],
    ],
  ),
  slice([0, 3], [[0, 5, 0, 1]]),
  slice([0, 3], [[-1, -FAR, 0, -1]]),
  slice([3, 5], [[1, 3, 1, 1]], 'int32'),
  slice([3, 5], [[3, 1, 1, -1]], 'bool'),
  {
    name: 'axes and steps left out',
    op: 'Slice',
    inputs: [{ shape: [5, 7] }, ints([1, 2]), ints([4, -1])],
    attributes: {},
  },
  {
    name: 'axes left out, steps given',
    op: 'Slice',
    inputs: [{ shape: [5, 7] }, ints([1, 2]), ints([4, -1]), undefined, ints([1, 2])],
    attributes: {},
  },
  slice(
    [5, 7, 9],
    [
      [1, 5, 0, 2],
      [6, 0, 1, -1],
    ],
    'int8',
  ),
  slice([3, 16], [[4, 12, 1, 1]], 'uint8'),
];
