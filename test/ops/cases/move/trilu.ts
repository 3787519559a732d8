/** Cases of the Trilu operator: both sides, diagonals within and outside, batches, every type. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

const trilu = (shape: Shape, k: number, upper: boolean, dtype: DType = 'float32'): OpCase<'Trilu'> => ({
  name: `${upper ? 'upper' : 'lower'} ${dtype} [${shape.join(', ')}] from ${k}`,
  op: 'Trilu',
  inputs: [
    { dtype, shape, low: dtype.startsWith('uint') || dtype === 'bool' ? 0 : -9, high: dtype === 'bool' ? 2 : 9 },
    { dtype: 'int64', shape: k % 2 === 0 ? [] : [1], values: [k] },
  ],
  attributes: { upper },
});

export const triluCases: readonly OpCase<'Trilu'>[] = [
  ...[true, false].flatMap((upper) => [
    ...[0, 1, -1, 3, -4, 7, -9, 2147483647, -2147483648].map((k) => trilu([5, 7], k, upper)),
    trilu([7, 5], 2, upper),
    trilu([1, 1], 0, upper),
    trilu([1, 17], 3, upper),
    trilu([3, 5, 5], -1, upper),
    trilu([2, 3, 5, 7], 1, upper),
    trilu([0, 5], 0, upper),
    trilu([2, 5, 0], 0, upper),
  ]),
  trilu([3, 5], 1, true, 'int32'),
  trilu([3, 5], 1, false, 'int64'),
  trilu([3, 5], 0, true, 'bool'),
  ...(['uint32', 'int16', 'int8', 'uint8', 'float16'] as const).map((dtype) => ({
    ...trilu([3, 5], 1, true, dtype),
    noOracle: `onnxruntime has no Trilu of ${dtype}`,
  })),
  {
    name: 'what is not finite and goes',
    op: 'Trilu',
    inputs: [
      { shape: [2, 2], values: [Infinity, NaN, NaN, -Infinity] },
      { dtype: 'int64', shape: [], values: [0] },
    ],
    attributes: { upper: false },
  },
];
