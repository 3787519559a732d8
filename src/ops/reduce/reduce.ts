/**
 * Reduce: sums, means, extremes and norms over axes.
 *
 * NaN propagates through max and min. Over zero elements sum, l1, l2 and sumSquare are 0, prod is 1, mean is NaN,
 * logSumExp is −Infinity, max and min are the ends of the type (±Infinity for floats). Integer means truncate;
 * integer sums and products wrap to 32 bits.
 */
import { normalizeAxes } from '../../core/broadcast.ts';
import { isFloat, type DType } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { extremesOf } from '../../core/extremes.ts';
import { zeros, type Shape } from '../../core/tensor.ts';
import type { ReduceKind } from '../../ir/ops.ts';
import { at, range, stridesOf } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { stridedOffsets } from '../lib/strided.ts';

/** The elements that fold into one result. */
type Elements = Iterable<number> & { readonly length: number };

function fold(values: Elements, start: number, step: (acc: number, v: number) => number): number {
  let acc = start;
  for (const v of values) acc = step(acc, v);
  return acc;
}

const sum = (values: Elements): number => fold(values, 0, (acc, v) => acc + v);
const sumSquare = (values: Elements): number => fold(values, 0, (acc, v) => acc + v * v);

const FLOAT: { readonly [K in ReduceKind]: (values: Elements) => number } = {
  sum,
  mean: (values) => sum(values) / values.length,
  max: (values) => fold(values, -Infinity, Math.max),
  min: (values) => fold(values, Infinity, Math.min),
  prod: (values) => fold(values, 1, (acc, v) => acc * v),
  l1: (values) => fold(values, 0, (acc, v) => acc + Math.abs(v)),
  l2: (values) => Math.sqrt(sumSquare(values)),
  sumSquare,
  logSumExp: (values) => {
    const most = fold(values, -Infinity, Math.max);
    if (!Number.isFinite(most)) return most;
    return most + Math.log(fold(values, 0, (acc, v) => acc + Math.exp(v - most)));
  },
};

const INTEGER: typeof FLOAT = {
  ...FLOAT,
  mean: (values) => Math.trunc(sum(values) / values.length),
  prod: (values) => fold(values, 1, Math.imul),
  sumSquare: (values) => fold(values, 0, (acc, v) => (acc + Math.imul(v, v)) | 0),
};

function checkType(kind: ReduceKind, dtype: DType): void {
  const fits =
    isFloat(dtype) || kind === 'max' || kind === 'min' || (dtype !== 'bool' && kind !== 'l2' && kind !== 'logSumExp');
  if (!fits) throw new ShapeError(`a ${kind} reduction is not defined on ${dtype}`);
}

/** The axes a reduction folds, ascending; an empty list means all. */
function reducedAxes(axes: readonly number[], rank: number): number[] {
  return axes.length === 0 ? range(rank) : normalizeAxes(axes, rank);
}

function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  return keepDims ? shape.map((d, i) => (axes.includes(i) ? 1 : d)) : shape.filter((_, i) => !axes.includes(i));
}

/** Keeps the type. Throws ShapeError on a kind that is not defined on it. */
export const reduce: OpDefinition<'Reduce'> = {
  infer: ({ attributes }, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    checkType(attributes.kind, dtype);
    return [{ dtype, shape: reducedShape(shape, reducedAxes(attributes.axes, shape.length), attributes.keepDims) }];
  },
  bounded: ({ attributes: { axes, keepDims } }, _input, axis, inputs) => {
    const folded = reducedAxes(axes, operand(inputs, 0).shape.length);
    if (folded.includes(axis)) return undefined;
    return keepDims ? axis : axis - folded.filter((other) => other < axis).length;
  },
  reference: ({ attributes: { kind, axes, keepDims } }, inputs) => {
    const x = tensorAt(inputs, 0);
    const folded = reducedAxes(axes, x.shape.length);
    const kept = range(x.shape.length).filter((axis) => !folded.includes(axis));
    const strides = stridesOf(x.shape);
    const offsetsOf = (chosen: readonly number[]): Int32Array =>
      stridedOffsets(
        chosen.map((axis) => at(x.shape, axis)),
        chosen.map((axis) => at(strides, axis)),
      );
    const within = offsetsOf(folded);
    const values = new Float64Array(within.length);
    const y = zeros(x.dtype, reducedShape(x.shape, folded, keepDims));
    const apply = (isFloat(x.dtype) ? FLOAT : INTEGER)[kind];
    const [lowest, highest] = extremesOf(x.dtype);
    offsetsOf(kept).forEach((base, i) => {
      for (let k = 0; k < values.length; k++) values[k] = x.data[base + (within[k] ?? 0)] ?? 0;
      const empty = values.length === 0 && (kind === 'max' || kind === 'min');
      y.data[i] = empty ? (kind === 'max' ? lowest : highest) : apply(values);
    });
    return [y];
  },
};
