/** Operators on quantised integers that contradict themselves: what would compute other numbers than the file says is refused. */
import { describe, expect, it } from 'vitest';
import { TilewiseError } from '../../../src/core/errors.ts';
import { encodeTflite } from '../../../src/formats/tflite/write/encode.ts';
import type { WrittenQuantisation } from '../../../src/formats/tflite/write/file.ts';
import { product } from '../../../src/util/arrays.ts';
import { importTflite, modelOf, type OneOperator, type Operand } from '../../helpers/tflite-models.ts';

const HALF: WrittenQuantisation = { scales: [0.5], zeroPoints: [0] };
const OTHER: WrittenQuantisation = { scales: [0.25], zeroPoints: [3] };
const channels = (axis: number): WrittenQuantisation => ({ scales: [0.5, 1], zeroPoints: [0, 0], axis });

const bytes = (shape: readonly number[], quantisation = HALF, type: 'int8' | 'uint8' = 'int8'): Operand => ({
  shape,
  type,
  quantisation,
});
const constant = (shape: readonly number[], quantisation?: WrittenQuantisation): Operand => ({
  shape,
  type: 'int8',
  data: Array.from({ length: product(shape) }, (_, i) => i % 5),
  ...(quantisation ? { quantisation } : {}),
});
const ints = (data: readonly number[], shape: readonly number[] = [data.length]): Operand => ({
  shape,
  type: 'int32',
  data,
});

/** A pointwise convolution of two channels to two. */
const conv = (x: Operand, filter: Operand, ...bias: Operand[]): OneOperator => ({
  op: 'CONV_2D',
  options: ['Conv2D', { strideH: 1, strideW: 1 }],
  inputs: [x, filter, ...bias],
  outputs: [bytes([1, 4, 4, 2])],
});
const IMAGE = bytes([1, 4, 4, 2]);
const FILTER = constant([2, 1, 1, 2], HALF);

/** Integers that stand for nothing else. */
const PLAIN: Operand = { shape: [2, 2], type: 'int8' };
const plain = { outputs: [PLAIN] };

/** One operand, one result. */
const unary = (op: string, x: Operand, y: Operand, more: Partial<OneOperator> = {}): OneOperator => ({
  op,
  inputs: [x],
  outputs: [y],
  ...more,
});

describe.each<[string, OneOperator, string]>([
  ['activations of several scales', unary('RELU', bytes([2, 2], channels(1)), bytes([2, 2])), 'an input of 2 scales'],
  ['results of several scales', unary('RELU', bytes([2, 2]), bytes([2, 2], channels(1))), 'an output of 2 scales'],
  ['images of several scales', conv(bytes([1, 4, 4, 2], channels(3)), FILTER), 'an input of 2 scales'],
  [
    'a filter quantised along the channels it reads',
    conv(IMAGE, constant([2, 1, 1, 2], channels(3))),
    'has a filter quantised along axis 3, its output channels lie along 0',
  ],
  [
    'a depthwise filter quantised along its rows',
    {
      op: 'DEPTHWISE_CONV_2D',
      options: ['DepthwiseConv2D', { strideH: 1, strideW: 1, multiplier: 1 }],
      inputs: [IMAGE, constant([1, 2, 1, 2], channels(1))],
      outputs: [IMAGE],
    },
    'has a filter quantised along axis 1, its output channels lie along 3',
  ],
  [
    'weights quantised along their columns',
    {
      op: 'FULLY_CONNECTED',
      options: ['FullyConnected', {}],
      inputs: [bytes([1, 2]), constant([2, 2], channels(1))],
      outputs: [bytes([1, 2])],
    },
    'has a filter quantised along axis 1',
  ],
  ['an int8 filter with a zero point', conv(IMAGE, constant([2, 1, 1, 2], OTHER)), 'with a zero point of 3'],
  ['a filter without a scale', conv(IMAGE, constant([2, 1, 1, 2])), 'has a quantised filter without a scale'],
  [
    'a filter of floats',
    conv(IMAGE, { shape: [2, 1, 1, 2], data: [1, 2, 3, 4] }),
    'quantised float32 elements of "x1"',
  ],
  [
    'a bias of another scale',
    conv(IMAGE, FILTER, { ...ints([1, 2]), quantisation: { scales: [7], zeroPoints: [0] } }),
    'has a bias "x2" of scale 7, which is not the product of the others',
  ],
  [
    'a bias with a zero point',
    conv(IMAGE, FILTER, { ...ints([1, 2]), quantisation: { scales: [0.25], zeroPoints: [5] } }),
    'has a bias "x2" with a zero point',
  ],
  [
    'a result of floats',
    unary('ADD', bytes([2]), { shape: [2] }, { inputs: [bytes([2]), bytes([2])] }),
    'quantised float32',
  ],
  [
    'a sum of floats',
    unary('ADD', { shape: [2] }, bytes([2]), { inputs: [{ shape: [2] }, { shape: [2] }] }),
    'quantised float32 elements of "x0"',
  ],
  [
    'a reshape to another type',
    { op: 'RESHAPE', inputs: [bytes([2, 1]), ints([2])], outputs: [bytes([2], HALF, 'uint8')] },
    'moves elements of "x0" to "y0", which has another type, scale or zero point',
  ],
  [
    'a transpose to another scale',
    { op: 'TRANSPOSE', inputs: [bytes([2, 1]), ints([1, 0])], outputs: [bytes([1, 2], OTHER)] },
    'moves elements',
  ],
  [
    'maxima of two scales',
    { op: 'MAXIMUM', inputs: [bytes([2]), bytes([2], OTHER)], outputs: [bytes([2])] },
    'moves elements',
  ],
  [
    'a pack of two scales',
    {
      op: 'PACK',
      options: ['Pack', { valuesCount: 2 }],
      inputs: [bytes([2]), bytes([2], OTHER)],
      outputs: [bytes([2, 2])],
    },
    'moves elements',
  ],
  [
    'padding of another scale',
    { op: 'PADV2', inputs: [bytes([2]), ints([1, 1], [1, 2]), constant([1], OTHER)], outputs: [bytes([4])] },
    'moves elements',
  ],
  [
    'a softmax of another scale',
    unary('SOFTMAX', bytes([2]), bytes([2]), { options: ['Softmax', { beta: 1 }] }),
    'a result of scale 0.5',
  ],
  ['a logistic function of another scale', unary('LOGISTIC', bytes([2]), bytes([2])), 'a result of scale 0.5'],
  ['a tanh of another scale', unary('TANH', bytes([2]), bytes([2])), 'a result of scale 0.5'],
  [
    'a softmax of no numbers',
    unary('SOFTMAX', bytes([2]), bytes([2], { scales: [1 / 256], zeroPoints: [-128] }), {
      options: ['Softmax', { beta: NaN }],
    }),
    'has a beta of NaN',
  ],
  [
    'a slope that is none',
    unary('LEAKY_RELU', bytes([2]), bytes([2]), { options: ['LeakyRelu', { alpha: NaN }] }),
    'has an alpha of NaN',
  ],
  [
    'negatives around another zero',
    unary('NEG', bytes([2], OTHER), bytes([2], OTHER)),
    'integers of another scale than their negatives',
  ],
  [
    'integers too large to be compared',
    { ...plain, op: 'LESS', inputs: [bytes([2, 2], { scales: [1e6], zeroPoints: [0] }), bytes([2, 2])] },
    'a comparison of integers of scale 1000000',
  ],
  ['sums without a scale', { ...plain, op: 'ADD', inputs: [PLAIN, PLAIN] }, 'has a quantised input without a scale'],
  ['products without a scale', { ...plain, op: 'BATCH_MATMUL', inputs: [PLAIN, PLAIN] }, 'input without a scale'],
  ['a mean without a scale', { ...plain, op: 'MEAN', inputs: [PLAIN, ints([1])] }, 'input without a scale'],
  ['what holds numbers without a scale', { ...plain, op: 'RELU6', inputs: [PLAIN] }, 'input without a scale'],
])('%s', (_, one, message) => {
  it('is refused', async () => {
    const error: unknown = await importTflite(encodeTflite(modelOf(one))).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TilewiseError);
    expect(String(error)).toContain(message);
    expect(String(error)).toContain('model.tflite');
    expect(String(error)).toContain('"y0"');
  });
});
