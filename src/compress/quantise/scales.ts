/** Real numbers as integers: scales and zero points of ranges, of weights, and of biases. */
import { extremesOf } from '../../core/extremes.ts';
import { zeros, type Tensor } from '../../core/tensor.ts';
import { roundedQuotient } from '../../ir/quantise/quotients.ts';
import { at, product } from '../../util/arrays.ts';

/** The least and the greatest number of what is to be quantised. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** Integers of a type, and what they stand for: `(q − zeroPoint)·scale`. */
export interface Encoding {
  readonly dtype: 'int8' | 'uint8';
  readonly scale: number;
  readonly zeroPoint: number;
}

const quotient = (x: number, scale: number): number => roundedQuotient('float-even', x, scale);

/** Below this, products of two scales would come near the least normal float32. */
const LEAST_SCALE = 2 ** -60;

/** Zero is always an integer: padding, and what a ReLU leaves, are exact. A range of nothing but zero has the scale 1. */
export function encodingOf({ min, max }: ValueRange, symmetric: boolean): Encoding {
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  if (symmetric) return { dtype: 'int8', scale: usable(Math.max(-low, high) / 127), zeroPoint: 0 };
  const scale = usable((high - low) / 255);
  return { dtype: 'uint8', scale, zeroPoint: Math.min(255, Math.max(0, Math.round(-low / scale))) };
}

function usable(scale: number): number {
  return scale === 0 ? 1 : Math.fround(Math.max(scale, LEAST_SCALE));
}

/** What QuantizeLinear makes of numbers, as ONNX rounds. */
export function encoded({ data, shape }: Tensor, { dtype, scale, zeroPoint }: Encoding): Tensor {
  const [least, most] = extremesOf(dtype);
  const integers = zeros(dtype, shape);
  data.forEach((v, i) => (integers.data[i] = Math.min(most, Math.max(least, quotient(v, scale) + zeroPoint))));
  return integers;
}

/** Weights as int8 of −127 to 127, and their scales: one, or one for each position of `axis`. */
export interface QuantisedWeights {
  readonly integers: Tensor;
  readonly scales: Float32Array;
}

/**
 * Quantises weights symmetrically. Where a bias is so large that it would not fit an int32 of the scale `input`·weights',
 * that scale is as much larger.
 */
export function quantiseWeights(
  weights: Tensor,
  axis: number | undefined,
  bias: Tensor | undefined,
  input: number,
): QuantisedWeights {
  const channelOf = axis === undefined ? (): number => 0 : channelIndex(weights.shape, axis);
  const scales = new Float32Array(axis === undefined ? 1 : at(weights.shape, axis));
  for (let i = 0; i < weights.data.length; i++) {
    const channel = channelOf(i);
    scales[channel] = Math.max(at(scales, channel), Math.abs(at(weights.data, i)) / 127);
  }
  bias?.data.forEach((b, i) => {
    const channel = axis === undefined ? 0 : i;
    scales[channel] = Math.max(at(scales, channel), Math.abs(b) / (input * 2 ** 30));
  });
  for (let i = 0; i < scales.length; i++) scales[i] = usable(at(scales, i));
  const integers = zeros('int8', weights.shape);
  for (let i = 0; i < weights.data.length; i++) {
    integers.data[i] = Math.min(127, Math.max(-127, quotient(at(weights.data, i), at(scales, channelOf(i)))));
  }
  return { integers, scales };
}

/** The position along `axis` of each element of a row-major tensor. */
function channelIndex(shape: readonly number[], axis: number): (i: number) => number {
  const inner = product(shape.slice(axis + 1));
  const extent = at(shape, axis);
  return (i) => Math.floor(i / inner) % extent;
}

/** A bias as int32 of the products' scales. */
export function quantiseBias({ data, shape }: Tensor, scales: Float32Array): Tensor {
  const integers = zeros('int32', shape);
  data.forEach((b, i) => (integers.data[i] = quotient(b, scales[scales.length === 1 ? 0 : i] ?? 1)));
  return integers;
}
