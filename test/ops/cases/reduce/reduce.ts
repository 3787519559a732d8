/** Cases of the Reduce operator: every kind over every sort of axes, few and many elements, NaN, infinities, none. */
import { floatTolerance } from '../../../../src/core/compare.ts';
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { ReduceKind } from '../../../../src/ir/ops.ts';
import { product, range } from '../../../../src/util/arrays.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

/** The values of a case that has its own; where the NaN is, of many. */
function valuesText({ values }: CaseInput): string {
  if (!values) return '';
  return values.length > 9 ? ` with NaN at ${values.findIndex(Number.isNaN)}` : ` ${values.join(' ')}`;
}

interface Over {
  readonly axes: readonly number[];
  readonly keepDims?: boolean;
}

function reduce(kind: ReduceKind, input: CaseInput, { axes, keepDims = false }: Over): OpCase<'Reduce'> {
  const { shape, dtype = 'float32' } = input;
  const terms = product(axes.length === 0 ? shape : axes.map((a) => shape.at(a) ?? 1));
  return {
    name: `${kind} of ${dtype} [${shape.join(', ')}]${valuesText(input)} over [${axes.join(', ')}]${keepDims ? ', kept' : ''}`,
    op: 'Reduce',
    inputs: [input],
    attributes: { kind, axes, keepDims },
    // Rounding of a float32 sum grows with its terms, which lie within ±2.
    tolerance: floatTolerance(terms, 4),
  };
}

const kinds: readonly ReduceKind[] = ['sum', 'mean', 'max', 'min', 'prod', 'l1', 'l2', 'sumSquare', 'logSumExp'];
const integral: readonly ReduceKind[] = ['sum', 'mean', 'max', 'min', 'prod', 'l1', 'sumSquare'];
const float = (shape: Shape): CaseInput => ({ shape, low: -2, high: 2 });
const int = (shape: Shape, dtype: DType = 'int32'): CaseInput => ({ dtype, shape, low: -4, high: 5 });

const overs: readonly (readonly [Shape, Over])[] = [
  [[7], { axes: [0] }],
  [[7], { axes: [], keepDims: true }],
  [[3, 5, 7], { axes: [-1] }],
  [[3, 5, 7], { axes: [0] }],
  [[3, 5, 8], { axes: [1] }],
  [[3, 5, 8], { axes: [0, 1], keepDims: true }],
  [[2, 5, 3, 8], { axes: [1, 2] }],
  [[2, 5, 3, 7], { axes: [1, 2], keepDims: true }],
  [[3, 5, 7], { axes: [0, 2] }],
  [[2, 3, 2, 5, 2, 3], { axes: [1, 3, -1], keepDims: true }],
  [[3, 300], { axes: [1] }],
  [[5, 40, 30, 3], { axes: [1, 2] }],
  [[2, 2, 13, 17, 3], { axes: [0, 2, 4] }],
];

const nan: CaseInput = { shape: [3, 3], values: [1, NaN, 2, Infinity, 3, -Infinity, NaN, NaN, NaN] };
const nanInFours: CaseInput = { shape: [2, 4], values: [NaN, 1, 2, Infinity, 3, NaN, NaN, -Infinity] };
const oneNan = (n: number, at: number): number[] => range(n).map((i) => (i === at ? NaN : ((i * 7) % 11) - 5));
const extremes: readonly ReduceKind[] = ['max', 'min'];
const infinities: CaseInput = { shape: [2, 2], values: [-Infinity, -Infinity, Infinity, 1] };

const most = 2 ** 31 - 1;
const anywhere = (shape: Shape, dtype: DType): CaseInput => ({ dtype, shape, low: -most, high: most });

/** Of integers whose sum has more than 32 bits. */
const largeMeans: readonly OpCase<'Reduce'>[] = [
  reduce('mean', { dtype: 'int32', shape: [2, 2], values: [most, most, 1, -5] }, { axes: [0, 1] }),
  reduce('mean', { dtype: 'int32', shape: [2, 4], values: [-most, -most, -1, -1, -7, 0, 0, 1] }, { axes: [1] }),
  reduce('mean', { dtype: 'int64', shape: [1, 3], values: [-most - 1, -most - 1, -most] }, { axes: [1] }),
  reduce('mean', anywhere([3, 5, 17], 'int32'), { axes: [0, 1] }),
  reduce('mean', anywhere([5, 3, 8], 'int32'), { axes: [1] }),
  reduce('mean', anywhere([2, 331], 'int64'), { axes: [1] }),
  reduce('mean', { dtype: 'int32', shape: [3, 1000], low: 2e9, high: most }, { axes: [1] }),
  {
    ...reduce('mean', { dtype: 'uint32', shape: [3, 7], low: 0, high: 2 ** 32 - 1 }, { axes: [1] }),
    noOracle: 'onnxruntime has no ReduceMean of uint32',
  },
  {
    ...reduce('mean', { dtype: 'uint64', shape: [7, 4], low: 0, high: 2 ** 32 - 1 }, { axes: [0] }),
    noOracle: 'onnxruntime has no ReduceMean of uint64',
  },
];

export const reduceCases: readonly OpCase<'Reduce'>[] = [
  ...kinds.map((kind) => reduce(kind, float([3, 5, 7]), { axes: [1] })),
  ...kinds.map((kind) => reduce(kind, float([3, 5, 8]), { axes: [1], keepDims: true })),
  ...kinds.map((kind) => reduce(kind, float([5, 331]), { axes: [1] })),
  ...integral.map((kind) => reduce(kind, int([3, 5, 7]), { axes: [0, 2] })),
  ...overs.map(([shape, over]) => reduce('mean', float(shape), over)),
  reduce('sum', float([]), { axes: [] }),
  reduce('sum', int([3, 7], 'int64'), { axes: [1] }),
  {
    ...reduce('max', { dtype: 'uint32', shape: [3], values: [1, 4294967295, 7] }, { axes: [0] }),
    noOracle: 'onnxruntime has no ReduceMax of uint32',
  },
  reduce('max', { dtype: 'bool', shape: [3, 5] }, { axes: [1] }),
  reduce('min', { dtype: 'bool', shape: [3, 5] }, { axes: [1] }),
  reduce('max', int([3, 5], 'int8'), { axes: [1] }),
  ...extremes.flatMap((kind) => [
    ...[0, 1].map((axis) => reduce(kind, nan, { axes: [axis] })),
    ...[0, 1].map((axis) => reduce(kind, nanInFours, { axes: [axis] })),
    ...[0, 1, 150].map((i) => reduce(kind, { shape: [1, 200], values: oneNan(200, i) }, { axes: [1] })),
  ]),
  ...kinds.filter((kind) => !extremes.includes(kind)).map((kind) => reduce(kind, nan, { axes: [1] })),
  reduce('logSumExp', infinities, { axes: [1] }),
  reduce('logSumExp', { shape: [1, 3], values: [1000, 1001, 999] }, { axes: [1] }),
  reduce('sum', float([3, 0, 5]), { axes: [1] }),
  reduce('prod', float([3, 0]), { axes: [1] }),
  reduce('max', float([3, 0]), { axes: [1] }),
  { ...reduce('mean', float([3, 0]), { axes: [1] }), noOracle: 'ONNX leaves the mean of nothing undefined' },
  reduce('l2', float([0, 3]), { axes: [1], keepDims: true }),
  ...largeMeans,
];
