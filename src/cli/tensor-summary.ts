/** What a tensor holds, in a few numbers. */
import { isFloat, type HostArray } from '../core/dtype.ts';
import type { Tensor } from '../core/tensor.ts';
import type { IntegerScale } from '../ir/graph.ts';
import { topK, type Ranked } from '../vision/decode/classes.ts';

/** Figures of the finite elements, null where there are none; and some elements. */
export interface TensorSummary {
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** How many are NaN or infinite. */
  readonly nonFinite: number;
  /** The first elements, in row-major order. */
  readonly first: readonly number[];
  /** The largest of a vector that may hold a score for each class, largest first: real numbers, whatever they are kept as. */
  readonly top?: readonly Ranked[];
}

const FIRST = 8;
const TOP = 5;

/** A longer vector is no list of scores. */
const MOST_CLASSES = 2 ** 16;

/** Summarises a tensor; figures and elements of integers are theirs, as they are. */
export function summarise({ dtype, shape, data }: Tensor, meaning?: IntegerScale): TensorSummary {
  let [min, max, sum, finite] = [Infinity, -Infinity, 0, 0];
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    finite++;
  }
  const figures = finite > 0 ? { min, max, mean: sum / finite } : { min: null, max: null, mean: null };
  const vector = shape.some((extent) => extent === data.length) && data.length > FIRST && data.length <= MOST_CLASSES;
  return {
    ...figures,
    nonFinite: data.length - finite,
    first: [...data.subarray(0, FIRST)],
    ...(vector && (isFloat(dtype) || meaning) ? { top: topK(meaning ? realOf(data, meaning) : data, TOP) } : {}),
  };
}

function realOf(data: HostArray, { scale, zeroPoint }: IntegerScale): Float32Array {
  return Float32Array.from(data, (q) => (q - zeroPoint) * scale);
}

/** A number with as many digits as a table has room for. */
export function shortNumber(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(5)));
}
