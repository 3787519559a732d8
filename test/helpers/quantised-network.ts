/** A small quantised classifier as a TensorFlow Lite file: a branch and an addition, padding, a depthwise convolution, a mean. */
import { encodeTflite } from '../../src/formats/tflite/write/encode.ts';
import type { WrittenOperator, WrittenTensor } from '../../src/formats/tflite/write/file.ts';
import { product } from '../../src/util/arrays.ts';
import { randomSource } from './random.ts';
import { rawBytes } from './tflite-models.ts';

/** What the network's input is fed. */
export const NETWORK_INPUT = [1, 17, 17, 3];

class Writer {
  readonly tensors: WrittenTensor[] = [];
  readonly operators: WrittenOperator[] = [];
  readonly #random = randomSource(12);

  activation(shape: readonly number[], scale = 0.05, zeroPoint = -3): number {
    const quantisation = { scales: [scale], zeroPoints: [zeroPoint] };
    return this.tensors.push({ name: `t${this.tensors.length}`, type: 'int8', shape, quantisation }) - 1;
  }

  /** Weights of a channel each along `axis`, or of one scale. */
  weights(shape: readonly number[], axis?: number): number {
    const scales = Array.from(
      { length: axis === undefined ? 1 : (shape[axis] ?? 1) },
      () => 0.004 + 0.004 * this.#random(),
    );
    const data = Array.from({ length: product(shape) }, () => Math.floor(255 * this.#random()) - 127);
    return (
      this.tensors.push({
        name: `w${this.tensors.length}`,
        type: 'int8',
        shape,
        data: rawBytes('int8', shape, data),
        quantisation: { scales, zeroPoints: scales.map(() => 0), ...(axis === undefined ? {} : { axis }) },
      }) - 1
    );
  }

  ints(type: 'int32', values: readonly number[], shape: readonly number[] = [values.length]): number {
    return this.tensors.push({ name: `i${this.tensors.length}`, type, shape, data: rawBytes(type, shape, values) }) - 1;
  }

  bias(count: number): number {
    return this.ints(
      'int32',
      Array.from({ length: count }, () => Math.floor(4000 * this.#random()) - 2000),
    );
  }

  add(op: string, inputs: readonly number[], output: number, options?: WrittenOperator['options']): number {
    this.operators.push({ op, inputs, outputs: [output], ...(options ? { options } : {}) });
    return output;
  }
}

const RELU = 1;
const VALID = 1;
const ONE = { strideW: 1, strideH: 1 };
const TWO = { strideW: 2, strideH: 2 };

/** The bytes of the file. */
export function quantisedNetwork(): Uint8Array {
  const w = new Writer();
  const input = w.activation(NETWORK_INPUT, 1 / 128, 0);
  const padded = w.add(
    'PAD',
    [input, w.ints('int32', [0, 0, 0, 1, 0, 1, 0, 0], [4, 2])],
    w.activation([1, 18, 18, 3], 1 / 128, 0),
  );
  const stem = w.add('CONV_2D', [padded, w.weights([8, 3, 3, 3], 0), w.bias(8)], w.activation([1, 8, 8, 8]), [
    'Conv2D',
    { ...TWO, padding: VALID, activation: RELU },
  ]);
  const depthwise = w.add(
    'DEPTHWISE_CONV_2D',
    [stem, w.weights([1, 3, 3, 8], 3), w.bias(8)],
    w.activation([1, 8, 8, 8]),
    ['DepthwiseConv2D', { ...ONE, multiplier: 1 }],
  );
  const pointwise = w.add(
    'CONV_2D',
    [depthwise, w.weights([8, 1, 1, 8], 0), w.bias(8)],
    w.activation([1, 8, 8, 8], 0.08),
    ['Conv2D', ONE],
  );
  const sum = w.add('ADD', [stem, pointwise], w.activation([1, 8, 8, 8], 0.1, 5), ['Add', { activation: RELU }]);
  const curved = w.add('LOGISTIC', [sum], w.activation([1, 8, 8, 8], 1 / 256, -128));
  const gated = w.add('MUL', [sum, curved], w.activation([1, 8, 8, 8], 0.07), ['Mul', {}]);
  const mean = w.add('MEAN', [gated, w.ints('int32', [1, 2])], w.activation([1, 8], 0.04), [
    'Reducer',
    { keepDims: false },
  ]);
  const scores = w.add('FULLY_CONNECTED', [mean, w.weights([5, 8]), w.bias(5)], w.activation([1, 5], 0.1, 7), [
    'FullyConnected',
    {},
  ]);
  const output = w.add('SOFTMAX', [scores], w.activation([1, 5], 1 / 256, -128), ['Softmax', { beta: 1 }]);
  return encodeTflite({
    subgraphs: [{ tensors: w.tensors, operators: w.operators, inputs: [input], outputs: [output] }],
  });
}

const SMALL = 2;
const LARGE = 9;

/** What the pyramid's input is fed. */
export const PYRAMID_INPUT = [1, 7, 6, 3];

/** The bytes of another, of channels that need not come in fours: a pyramid that pools, enlarges, compares and picks. */
export function pyramidNetwork(channels = 6): Uint8Array {
  const w = new Writer();
  const conv = (x: number, depth: number, extent: number): number =>
    w.add(
      'CONV_2D',
      [x, w.weights([channels, 1, 1, depth], 0), w.bias(channels)],
      w.activation([1, extent, extent, channels]),
      ['Conv2D', { ...ONE, padding: VALID, activation: RELU }],
    );
  const input = w.activation(PYRAMID_INPUT, 1 / 128, 0);
  const grown = enlarge(w, input, w.activation([1, LARGE, LARGE, 3], 1 / 128, 0));
  const fine = conv(grown, 3, LARGE);
  const pooled = w.add('MAX_POOL_2D', [fine], w.activation([1, LARGE, LARGE, channels]), [
    'Pool2D',
    { ...ONE, filterW: 3, filterH: 3 },
  ]);
  const coarse = w.add('MAX_POOL_2D', [pooled], w.activation([1, SMALL, SMALL, channels]), [
    'Pool2D',
    { strideW: 4, strideH: 4, filterW: 5, filterH: 5, padding: VALID },
  ]);
  const seen = conv(coarse, channels, SMALL);
  const enlarged = enlarge(w, seen, w.activation([1, LARGE, LARGE, channels]));
  const larger = w.add('MAXIMUM', [enlarged, fine], w.activation([1, LARGE, LARGE, channels]));
  const lesser = w.add('MINIMUM', [larger, coarseMean(w, coarse, channels)], w.activation([1, LARGE, LARGE, channels]));
  const picked = w.add('GATHER', [lesser, w.ints('int32', [5, 0, 7])], w.activation([1, 3, LARGE, channels]), [
    'Gather',
    { axis: 1 },
  ]);
  const scores = w.add('MEAN', [picked, w.ints('int32', [1, 2])], w.activation([1, channels]), [
    'Reducer',
    { keepDims: false },
  ]);
  return encodeTflite({
    subgraphs: [{ tensors: w.tensors, operators: w.operators, inputs: [input], outputs: [scores, pooled, picked] }],
  });
}

function enlarge(w: Writer, x: number, y: number): number {
  return w.add('RESIZE_NEAREST_NEIGHBOR', [x, w.ints('int32', [LARGE, LARGE])], y, [
    'ResizeNearestNeighbor',
    { halfPixelCenters: true },
  ]);
}

/** One integer a channel, which is broadcast. */
function coarseMean(w: Writer, coarse: number, channels: number): number {
  return w.add('MEAN', [coarse, w.ints('int32', [1, 2])], w.activation([1, 1, 1, channels]), [
    'Reducer',
    { keepDims: true },
  ]);
}
