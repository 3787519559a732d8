/** Cases of the ScatterElements operator: each axis and reduction, several updates to one place, every type. */
import type { DType } from '../../../../src/core/dtype.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { ScatterReduction } from '../../../../src/ir/ops.ts';
import { product, range } from '../../../../src/util/arrays.ts';
import { floatTolerance } from '../../../helpers/close.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

/** Indices no two of which are equal along a line that is as long as x, from both ends. */
const apart = (shape: Shape, extent: number, inner: number): number[] =>
  range(product(shape)).map((i) => {
    const place = (Math.floor(i / inner) * 3 + i) % extent;
    return i % 2 === 0 ? place : place - extent;
  });

const whole = (dtype: DType, shape: Shape): CaseInput => ({
  dtype,
  shape,
  low: dtype === 'uint8' || dtype === 'uint32' || dtype === 'bool' ? 0 : -4,
  high: dtype === 'bool' ? 2 : 5,
});

interface Written {
  readonly x: Shape;
  readonly indices: Shape;
  readonly axis: number;
  readonly reduction?: ScatterReduction;
  readonly dtype?: DType;
  /** Several go to one place. */
  readonly tied?: boolean;
  readonly noOracle?: string;
}

function scatterElements(written: Written): OpCase<'ScatterElements'> {
  const { x, indices, axis, reduction = 'none', dtype = 'float32', tied = reduction !== 'none', noOracle } = written;
  const extent = x.at(axis) ?? 1;
  const inner = product(indices.slice(axis < 0 ? axis + x.length + 1 : axis + 1));
  const values = tied
    ? range(product(indices)).map((i) => ((i * 5) % Math.min(extent, 3)) - (i % 2 ? extent : 0))
    : apart(indices, extent, inner);
  return {
    name: `${reduction} of ${dtype} [${x.join(', ')}] at ${tied ? 'tied ' : ''}[${indices.join(', ')}] along ${axis}`,
    op: 'ScatterElements',
    inputs: [whole(dtype, x), { dtype: 'int64', shape: indices, values }, whole(dtype, indices)],
    attributes: { axis, reduction },
    // Only these compute, and round with each update.
    ...(reduction === 'add' || reduction === 'mul' ? { tolerance: floatTolerance() } : {}),
    ...(noOracle === undefined ? {} : { noOracle }),
  };
}

const TYPES = ['int32', 'int64', 'uint32', 'int16', 'int8', 'uint8', 'float16'] as const;
const REDUCTIONS = ['add', 'mul', 'max', 'min'] as const;
/** Types of which onnxruntime's WebAssembly joins updates. */
const JUDGED: ReadonlySet<DType> = new Set<DType>(['float32', 'int32', 'int64', 'uint32', 'uint8', 'int8', 'int16']);

export const scatterElementsCases: readonly OpCase<'ScatterElements'>[] = [
  scatterElements({ x: [7], indices: [5], axis: 0 }),
  scatterElements({ x: [1], indices: [1], axis: 0 }),
  scatterElements({ x: [5, 17], indices: [5, 3], axis: 1 }),
  scatterElements({ x: [17, 5], indices: [3, 5], axis: 0 }),
  scatterElements({ x: [17, 5], indices: [3, 2], axis: 0 }),
  scatterElements({ x: [3, 5, 7], indices: [2, 1, 6], axis: 1 }),
  scatterElements({ x: [2, 3, 7, 5], indices: [2, 2, 1, 5], axis: -2 }),
  scatterElements({ x: [3, 5], indices: [3, 0], axis: 1 }),
  scatterElements({ x: [0, 5], indices: [0, 3], axis: 1 }),
  // The last of several stays: ONNX leaves that open.
  scatterElements({ x: [7], indices: [17], axis: 0, tied: true }),
  scatterElements({ x: [5, 7], indices: [3, 17], axis: 1, tied: true }),
  scatterElements({ x: [1000], indices: [700], axis: 0, tied: true }),
  ...REDUCTIONS.flatMap((reduction) => [
    scatterElements({ x: [5, 7], indices: [3, 17], axis: 1, reduction }),
    scatterElements({ x: [5, 7, 3], indices: [17, 7, 2], axis: 0, reduction }),
    ...TYPES.map((dtype) =>
      scatterElements({
        x: [7],
        indices: [9],
        axis: 0,
        reduction,
        dtype,
        ...(JUDGED.has(dtype) ? {} : { noOracle: 'onnxruntime has no such reduction of float16' }),
      }),
    ),
  ]),
  ...[...TYPES, 'bool' as const].map((dtype) => scatterElements({ x: [3, 5], indices: [3, 2], axis: 1, dtype })),
  { ...scatterElements({ x: [3000], indices: [2500], axis: 0, reduction: 'add' }), full: true },
  {
    name: 'integers that wrap',
    op: 'ScatterElements',
    inputs: [
      { dtype: 'int8', shape: [3], values: [100, -100, 5] },
      { dtype: 'int64', shape: [4], values: [0, 1, 2, 2] },
      { dtype: 'int8', shape: [4], values: [100, -100, 64, 7] },
    ],
    attributes: { axis: 0, reduction: 'add' },
  },
  {
    name: 'large integers that wrap',
    op: 'ScatterElements',
    inputs: [
      { dtype: 'int32', shape: [2], values: [2147483647, -2147483648] },
      { dtype: 'int64', shape: [3], values: [0, 1, 1] },
      { dtype: 'int32', shape: [3], values: [65537, 65537, 3] },
    ],
    attributes: { axis: 0, reduction: 'mul' },
  },
  {
    name: 'what is not finite',
    op: 'ScatterElements',
    inputs: [
      { shape: [5], values: [NaN, 1, 2, -Infinity, 3] },
      { dtype: 'int64', shape: [5], values: [0, 1, 2, 3, 4] },
      { shape: [5], values: [1, NaN, Infinity, Infinity, -Infinity] },
    ],
    attributes: { axis: 0, reduction: 'max' },
    noOracle: 'onnxruntime passes over NaN where an element has it',
  },
  {
    name: 'sums of what is not finite',
    op: 'ScatterElements',
    inputs: [
      { shape: [4], values: [NaN, 1, Infinity, -Infinity] },
      { dtype: 'int64', shape: [4], values: [0, 1, 2, 3] },
      { shape: [4], values: [1, NaN, -Infinity, -Infinity] },
    ],
    attributes: { axis: 0, reduction: 'add' },
  },
  {
    name: 'what goes outside is left out',
    op: 'ScatterElements',
    inputs: [
      { shape: [3, 5] },
      { dtype: 'int64', shape: [3, 5], values: [3, -4, 2147483647, -2147483648, 1, 0, 0, 0, 0, 0, -3, 2, 4, -5, 3] },
      { shape: [3, 5] },
    ],
    attributes: { axis: 0, reduction: 'none' },
    noOracle: 'onnxruntime refuses it while it runs',
  },
];
