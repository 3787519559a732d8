/** Cases of Unique: lists of one run, of several and of many, rows along each dimension, types, zeros and NaN, none, order of first occurrence. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import { product, range } from '../../../../src/util/arrays.ts';
import type { OpCase } from '../../../helpers/op-case.ts';

interface Form {
  readonly axis?: number;
  readonly sorted?: boolean;
  readonly dtype?: DType;
  readonly noOracle?: string;
}

const unique = (
  shape: Shape,
  at: (i: number) => number,
  { axis = 0, sorted = true, dtype = 'float32', noOracle }: Form = {},
): OpCase<'Unique'> => ({
  name: `${dtype} [${shape.join(', ')}] along ${axis}${sorted ? ', sorted' : ''}: ${range(Math.min(5, product(shape)))
    .map(at)
    .join(', ')}…`,
  op: 'Unique',
  inputs: [{ dtype, shape, values: range(product(shape)).map(at) }],
  attributes: { axis, sorted },
  outputCount: 5,
  ...(noOracle === undefined ? {} : { noOracle }),
});

const mixed = (i: number): number => ((i * 7919) % 13) - 6;
const few = (i: number): number => ((i * i * 31 + 7) % 5) % 2;
const special = (i: number): number => [NaN, 0, -0, Infinity, NaN, -Infinity, 1e-40, -1, 0][i % 9] ?? 0;
const nan = 'onnxruntime compares by what is less, which NaN never is';

export const uniqueCases: readonly OpCase<'Unique'>[] = [
  unique([7], mixed),
  unique([7], mixed, { sorted: false }),
  unique([1], mixed),
  unique([64], mixed),
  unique([65], mixed, { sorted: false }),
  unique([300], mixed),
  unique([1000], (i) => ((i * 7919) % 1009) - 500, { sorted: false }),
  unique([257], () => 3),
  unique([5000], (i) => (i * 7919) % 2003),
  unique([6, 4], few),
  unique([6, 4], few, { axis: 1, sorted: false }),
  unique([70, 3], few),
  unique([3, 130, 2], few, { axis: -2 }),
  unique([3, 130, 2], few, { axis: 1, sorted: false }),
  unique([2, 3, 5], few, { axis: 2 }),
  unique([18], special, { noOracle: nan }),
  unique([18], special, { sorted: false, noOracle: nan }),
  unique([9, 2], special, { noOracle: nan }),
  unique([100], mixed, { dtype: 'int64' }),
  unique([100], (i) => (mixed(i) * 2 ** 28) | 0, {
    dtype: 'int32',
    noOracle: 'onnxruntime has Unique of other types only',
  }),
  unique([100], (i) => mixed(i) + 6, { dtype: 'uint8', noOracle: 'onnxruntime has Unique of other types only' }),
  unique([100], mixed, { dtype: 'int8' }),
  unique([30, 2], few, { dtype: 'bool', noOracle: 'onnxruntime has Unique of other types only' }),
  unique([0], mixed),
  unique([0, 3], mixed),
  unique([3, 0], mixed, { noOracle: 'rows without elements are equal; onnxruntime gives none' }),
];
