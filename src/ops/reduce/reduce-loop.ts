/**
 * The CPU reference of Reduce: the elements of each result gathered, then folded.
 *
 * max and min keep their first element until another is larger or smaller, as onnxruntime's do: a NaN is passed over,
 * unless it is the first, which nothing then replaces. Every other kind gives NaN where there is one. Over zero elements sum, l1, l2 and sumSquare are 0, prod is 1, mean is NaN,
 * logSumExp is −Infinity, max and min are the ends of the type (±Infinity for floats). Integer means truncate;
 * integer sums and products wrap to 32 bits.
 */
import { axesOrAll } from '../../core/broadcast.ts';
import { isFloat } from '../../core/dtype.ts';
import { extremesOf, isNarrowed, requireHeld } from '../../core/extremes.ts';
import { zeros } from '../../core/tensor.ts';
import type { ReduceKind } from '../../ir/ops.ts';
import { at, range, stridesOf } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import { stridedOffsets } from '../lib/strided.ts';

/** The elements that fold into one result. */
type Elements = Float64Array;

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
  max: (values) => fold(values, values[0] ?? NaN, (acc, v) => (v > acc ? v : acc)),
  min: (values) => fold(values, values[0] ?? NaN, (acc, v) => (v < acc ? v : acc)),
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

/** `OpDefinition.reference` of Reduce. */
export const reduceReference: Reference<'Reduce'> = (
  { attributes: { kind, axes } },
  inputs,
  outputs,
  wraps = false,
) => {
  const x = tensorAt(inputs, 0);
  const folded = axesOrAll(axes, x.shape.length);
  const kept = range(x.shape.length).filter((axis) => !folded.includes(axis));
  const strides = stridesOf(x.shape);
  const offsetsOf = (chosen: readonly number[]): Int32Array =>
    stridedOffsets(
      chosen.map((axis) => at(x.shape, axis)),
      chosen.map((axis) => at(strides, axis)),
    );
  const within = offsetsOf(folded);
  const values = new Float64Array(within.length);
  const y = zeros(x.dtype, at(outputs, 0).shape);
  const apply = (isFloat(x.dtype) ? FLOAT : INTEGER)[kind];
  const [lowest, highest] = extremesOf(x.dtype);
  const checked = !wraps && isNarrowed(x.dtype) && kind !== 'max' && kind !== 'min';
  offsetsOf(kept).forEach((base, i) => {
    for (let k = 0; k < values.length; k++) values[k] = x.data[base + (within[k] ?? 0)] ?? 0;
    if (checked) requireHeld(x.dtype, FLOAT[kind](values));
    const empty = values.length === 0 && (kind === 'max' || kind === 'min');
    y.data[i] = empty ? (kind === 'max' ? lowest : highest) : apply(values);
  });
  return [y];
};
