/**
 * Layers whose weights are 8-bit integers, computed as integers: x is brought to integers by a scale, their sums of products
 * are exact, and a float32 step behind them undoes the scales, adds the bias and applies the activation, in ncnn's order, so
 * that every result is ncnn's own. Integers lie in −127…127, ties are rounded away from zero, and there are no zero points.
 */
import { lazyTensor } from '../../../core/lazy-tensor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { PadMode } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import { weightsToLast } from '../../lib/channels-first.ts';
import type { NcnnContext, NcnnTranslation } from '../context.ts';
import { fused } from './activation.ts';

/** The greatest integer, of either sign. */
const MOST = 127;

/** Terms above this have the scale of the result, which stays integers then. */
const REQUANTISED = 100;

/** What lies behind the weights of an int8 layer. */
interface Int8Operands {
  /** int8 `[O, …]`. */
  readonly weights: Tensor;
  /** A constant `[O]`. */
  readonly bias: string | undefined;
  /** What x is multiplied by to be integers. */
  readonly inputScale: number;
  /** A constant `[O]`: what sums are multiplied by to be real numbers. */
  readonly unscale: string;
  /** What the result is multiplied by to be integers; undefined where it is real numbers. */
  readonly outputScale: number | undefined;
}

/** How many scales the weights have, and whether the file has one of the result. */
interface Int8Form {
  readonly scales: number;
  readonly hasOutputScale: boolean;
}

/** float32 x as int8: a blob of integers already is left as it is. `scale` is a scalar, or broadcast to x. */
function quantised(c: NcnnContext, x: string, scale: string): string {
  if (c.isInteger(x)) return x;
  const activation = { kind: 'clip', alpha: -MOST, beta: MOST } as const;
  const held = c.one('Binary', [x, scale], { kind: 'mul', activation });
  const attributes = { axis: 0, blockSize: 0, to: 'int8', rounding: 'float-away' } as const;
  return c.one('QuantizeLinear', [held, c.scalar('float32', 1)], attributes);
}

/** One weight as an integer. */
function nearestInteger(x: number): number {
  const held = Math.min(Math.max(x, -MOST), MOST);
  return Math.sign(held) * Math.floor(Math.abs(held) + 0.5);
}

/** Weights that the file has as float32, as the integers that ncnn makes of them. `scales` divide the outputs evenly. */
function integerWeights(weights: Tensor, scales: Tensor): Tensor {
  // What is integers already may be zeros that nobody has made yet.
  if (weights.dtype === 'int8') return weights;
  const { shape, data } = weights;
  const each = data.length / scales.data.length;
  const scaleOf = (i: number): number => scales.data[Math.floor(i / each)] ?? 0;
  return { dtype: 'int8', shape, data: Int8Array.from(data, (w, i) => nearestInteger(Math.fround(w * scaleOf(i)))) };
}

/** Reads the weights `shape`, the bias and the scales, in the order in which they lie in the file. */
function int8Operands(
  c: NcnnContext,
  shape: readonly number[],
  hasBias: boolean,
  { scales, hasOutputScale }: Int8Form,
): Int8Operands {
  const outputs = shape[0] ?? 0;
  const raw = c.flagged(shape, 'weights', 'int8');
  const bias = hasBias ? c.plain([outputs], 'bias') : undefined;
  const weightScales = c.numbers([scales], 'scales of the weights');
  const inputScale = c.numbers([1], 'scale of the input').data[0] ?? 0;
  const outputScale = hasOutputScale ? (c.numbers([1], 'scale of the result').data[0] ?? 0) : undefined;
  const unscale = lazyTensor('float32', [outputs], () =>
    Float32Array.from({ length: outputs }, (_, i) => {
      const scale = weightScales.data[Math.floor((i * scales) / outputs)] ?? 0;
      return scale === 0 ? 0 : 1 / Math.fround(inputScale * scale);
    }),
  );
  return {
    weights: integerWeights(raw, weightScales),
    bias,
    inputScale,
    unscale: c.constant(unscale, 'unscale'),
    outputScale,
  };
}

/** int32 sums `[…, O]` as the layer's result. */
function result(c: NcnnContext, sums: string, { bias, unscale, outputScale }: Int8Operands): string {
  const real = c.binary('mul', c.one('Cast', [sums], { to: 'float32' }), unscale);
  const y = fused(c, bias === undefined ? real : c.binary('add', real, bias));
  return outputScale === undefined ? y : quantised(c, y, c.scalar('float32', outputScale));
}

/** What an int8 convolution has to know of its layer. */
export interface Int8Conv {
  readonly outputs: number;
  readonly group: number;
  /** Channels of a group, of the input. */
  readonly inputs: number;
  readonly window: {
    readonly kernel: readonly number[];
    readonly strides: readonly number[];
    readonly dilations: readonly number[];
    readonly pads: readonly number[];
    readonly padMode: PadMode;
  };
}

/**
 * A convolution of integers. `image` is `[N, C, …S]`, or `[N, C]` of a lone pixel. Of groups, terms 2 and 102 have one scale for
 * all weights, 1 and 101 one for each group.
 */
export function int8Convolution(c: NcnnContext, image: string, conv: Int8Conv, grouped: boolean): string {
  const { outputs, group, inputs, window } = conv;
  const term = c.int(8, 0);
  if (grouped && ![1, 2, 101, 102].includes(term)) c.refuse(`int8_scale_term ${term}`);
  if (c.float(18, 0) !== 0) c.refuse('a border of another number than 0 around 8-bit integers');
  const scales = grouped ? (term % REQUANTISED === 2 ? 1 : group) : outputs;
  const form = { scales, hasOutputScale: term > REQUANTISED };
  const operands = int8Operands(c, [outputs, inputs, ...window.kernel], c.flag(5), form);
  const scale = c.scalar('float32', operands.inputScale);
  const weights = c.constant(operands.weights, 'weights');
  if (c.rank(image) === 2) {
    return result(c, products(c, quantised(c, image, scale), c.reshape(weights, [outputs, inputs])), operands);
  }
  const { kernel: _, ...rest } = window;
  const w = c.one('Transpose', [weights], { perm: weightsToLast(window.kernel.length + 2) });
  return c.aroundLast(image, (last) => {
    const sums = c.main('ConvInteger', [quantised(c, last, scale), w], { ...rest, group });
    return result(c, sums, operands);
  });
}

/** int8 x `[N, …, K]` times weights `[O, K]`: int32 `[N, …, O]`. */
function products(c: NcnnContext, x: string, weights: string): string {
  const w = c.one('Transpose', [weights], { perm: [1, 0] });
  return c.main('MatMulInteger', [x, w], {});
}

/** An inner product of integers, of x `[N, …, inputs]`. */
export function int8InnerProduct(c: NcnnContext, x: string, outputs: number, inputs: number): string {
  const form = { scales: outputs, hasOutputScale: false };
  const operands = int8Operands(c, [outputs, inputs], c.flag(1), form);
  const integers = quantised(c, x, c.scalar('float32', operands.inputScale));
  return result(c, products(c, integers, c.constant(operands.weights, 'weights')), operands);
}

/** Numbers of the file along a blob's first dimension, or one for all: as many as a parameter says. */
function perChannel(c: NcnnContext, x: string, count: number, what: string): string {
  return c.reshape(c.plain([count], what), [count, ...range(c.dims(x) - 1).fill(1)]);
}

/** Real numbers to integers. */
function quantize(c: NcnnContext): string {
  const x = c.input();
  return quantised(c, x, perChannel(c, x, c.intFrom(1, 0, 1), 'scales'));
}

/** Sums of integers to real numbers: no layer makes them, but a caller may. */
function dequantize(c: NcnnContext): string {
  const x = c.input();
  const scales = perChannel(c, x, c.intFrom(1, 0, 1), 'scales');
  const y = c.binary('mul', c.one('Cast', [x], { to: 'float32' }), scales);
  const biases = c.intFrom(0, 1, 0);
  return biases === 0 ? y : c.binary('add', y, perChannel(c, x, biases, 'bias'));
}

/** Sums of integers to integers of another scale. */
function requantize(c: NcnnContext): string {
  const x = c.input();
  const scalesIn = perChannel(c, x, c.intFrom(1, 0, 1), 'scales of the input');
  const scalesOut = perChannel(c, x, c.intFrom(1, 1, 1), 'scales of the result');
  const biases = c.intFrom(0, 2, 0);
  const real = c.binary('mul', c.one('Cast', [x], { to: 'float32' }), scalesIn);
  const shifted = biases === 0 ? real : c.binary('add', real, perChannel(c, x, biases, 'bias'));
  return quantised(c, fused(c, shifted, 3), scalesOut);
}

/** Steps between real numbers and integers that are layers of their own. */
export const INT8 = { Quantize: quantize, Dequantize: dequantize, Requantize: requantize } satisfies Record<
  string,
  NcnnTranslation
>;
