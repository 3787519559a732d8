/** Cases of the Range operator: up, down, fractions, none. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const span = (start: number, limit: number, delta: number, dtype: DType = 'int64'): OpCase<'Range'> => ({
  name: `${dtype} ${start} to ${limit} by ${delta}`,
  op: 'Range',
  inputs: [start, limit, delta].map((v) => ({ dtype, shape: [], values: [v], constant: true })),
  attributes: {},
});

export const rangeCases: readonly OpCase<'Range'>[] = [
  span(0, 7, 1),
  span(3, 18, 5),
  span(7, -4, -3),
  span(3, 3, 1),
  span(3, 1, 1),
  span(0, 5, 2, 'int32'),
  span(0, 1, 0.25, 'float32'),
  span(2.5, -1, -0.75, 'float32'),
];
