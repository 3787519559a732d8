/** Uses of every operator of TensorFlow Lite that the importer has a row for; `expected` where LiteRT.js cannot be asked. */
import { encode } from 'flatbuffers/js/flexbuffers.js';
import { FUSED_ACTIVATIONS, PADDINGS } from '../../../src/formats/tflite/schema.ts';
import type { OneOperator, Operand } from '../../helpers/tflite-models.ts';
import { indices, weights } from '../../helpers/tflite-models.ts';

/** A use; the elements of each output where they are worked out by hand. */
export type OperatorUse = Omit<OneOperator, 'op'> & { readonly expected?: readonly (readonly number[])[] };

const [SAME, VALID] = [PADDINGS.indexOf('SAME'), PADDINGS.indexOf('VALID')];
const fused = (name: (typeof FUSED_ACTIVATIONS)[number]) => ({ activation: FUSED_ACTIVATIONS.indexOf(name) });
const image = (...shape: number[]): Operand => ({ shape });
const ints = (shape: readonly number[], values: readonly number[]): Operand => ({ shape, type: 'int32', values });
const out = (...shape: number[]): Operand => ({ shape });
const outInts = (...shape: number[]): Operand => ({ shape, type: 'int32' });
const outBools = (...shape: number[]): Operand => ({ shape, type: 'bool' });
const step = (h: number, w = h) => ({ strideH: h, strideW: w });
const filter = (h: number, w = h) => ({ filterH: h, filterW: w });

/** A function of one operand of 2×3 elements. */
const unary = (shape: readonly number[] = [2, 3], values?: readonly number[]): Record<string, OperatorUse> => ({
  floats: { inputs: [{ shape, ...(values ? { values } : {}) }], outputs: [{ shape }] },
});

const positive = [0.25, 1, 2.5, 3, 7, 0.01];

/** A function of two operands that are broadcast. */
const binary = (b: Operand = image(3)): Record<string, OperatorUse> => ({
  broadcast: { inputs: [image(2, 3), b], outputs: [out(2, 3)] },
});

/** LiteRT.js gives no booleans: what is expected of 1, 5, −6 and 0 beside 0, 5, −5 and 0. */
const compared = (...expected: readonly number[]): Record<string, OperatorUse> => ({
  floats: {
    inputs: [
      { shape: [2, 2], values: [1, 5, -6, 0] },
      { shape: [2, 2], data: [0, 5, -5, 0] },
    ],
    outputs: [outBools(2, 2)],
    expected: [expected],
  },
});

const reduced: Record<string, OperatorUse> = {
  'kept dimensions': {
    options: ['Reducer', { keepDims: true }],
    inputs: [image(1, 3, 4, 2), indices([1, 2])],
    outputs: [out(1, 1, 1, 2)],
  },
  'one axis, from the end': {
    options: ['Reducer', {}],
    inputs: [image(2, 3, 4), indices([-2])],
    outputs: [out(2, 4)],
  },
};

const bools = (shape: readonly number[], values: readonly number[]): Operand => ({ shape, type: 'bool', values });

const POST_PROCESS = {
  max_detections: 4,
  max_classes_per_detection: 1,
  num_classes: 3,
  nms_score_threshold: 0.25,
  nms_iou_threshold: 0.5,
  y_scale: 10,
  x_scale: 10,
  h_scale: 5,
  w_scale: 5,
};

/** Six boxes, two pairs of which overlap, with a score of the background before those of three classes. */
function postProcess(options: Readonly<Record<string, number | boolean>>, background = true): OperatorUse {
  const all = { ...POST_PROCESS, ...options };
  const slots = all.max_detections * all.max_classes_per_detection;
  const scores = [
    [0.1, 0.9, 0.2, 0.3],
    [0.2, 0.8, 0.7, 0.1],
    [0.3, 0.15, 0.6, 0.65],
    [0.9, 0.05, 0.5, 0.75],
    [0.1, 0.24, 0.2, 0.1],
    [0.1, 0.45, 0.25, 0.4],
  ];
  const anchors = [
    [0.3, 0.3, 0.2, 0.2],
    [0.31, 0.3, 0.2, 0.22],
    [0.7, 0.7, 0.3, 0.3],
    [0.69, 0.72, 0.3, 0.28],
    [0.3, 0.7, 0.2, 0.2],
    [0.5, 0.1, 0.1, 0.15],
  ];
  const codes = anchors.flatMap((_, i) => [0.1 * i, -0.2, 0.15 - 0.05 * i, 0.1]);
  return {
    customOptions: encode(all),
    inputs: [
      { shape: [1, 6, 4], values: codes },
      { shape: [1, 6, background ? 4 : 3], values: scores.flatMap((row) => row.slice(background ? 0 : 1)) },
      { shape: [6, 4], data: anchors.flat() },
    ],
    outputs: [out(1, slots, 4), out(1, slots), out(1, slots), out(1)],
  };
}

/** Five points; the way from 0 to 3 goes down steeply. */
const LANDMARKS = [10, 4, 0.5, 3, 9, 1, 17, 6, 0, 13, 12, -1, 8, 2, 0];

function turned([x, y]: readonly [number, number], by: number): [number, number] {
  return [x * Math.cos(by) - y * Math.sin(by), x * Math.sin(by) + y * Math.cos(by)];
}

/** Around points 1, 2 and 4, turned with the way from 0 to another: by trigonometry, in float64. */
function landmarksMatrix(to: number, target: number): OperatorUse {
  const [width, height, scaleX, scaleY] = [6, 4, 1.5, 1.25];
  const point = (i: number): [number, number] => [LANDMARKS[3 * i] ?? 0, LANDMARKS[3 * i + 1] ?? 0];
  const [[x0, y0], [x1, y1]] = [point(0), point(to)];
  const angle = target - Math.atan2(y1 - y0, x1 - x0);
  const around = [1, 2, 4].map((i) => turned(point(i), angle));
  const [xs, ys] = [around.map(([x]) => x), around.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const place = (u: number, v: number): [number, number] => {
    const across = (left + right) / 2 + ((u - width / 2) * scaleX * (right - left)) / width;
    const down = (top + bottom) / 2 + ((v - height / 2) * scaleY * (bottom - top)) / height;
    return turned([across, down], -angle);
  };
  const [[ox, oy], [ux, uy], [vx, vy]] = [place(0, 0), place(1, 0), place(0, 1)];
  return {
    customOptions: encode({
      left_rotation_idx: 0,
      output_height: height,
      output_width: width,
      right_rotation_idx: to,
      scale_x: scaleX,
      scale_y: scaleY,
      subset_idxs: [1, 2, 4],
      target_rotation_radians: target,
    }),
    inputs: [{ shape: [1, 5, 3], values: LANDMARKS }],
    outputs: [out(1, 4, 4)],
    expected: [[ux - ox, vx - ox, 0, ox, uy - oy, vy - oy, 0, oy, 0, 0, 1, 0, 0, 0, 0, 1]],
  };
}

/** A point (x, y) becomes (2 + x / 2 − y, 3 + y / 4). */
const PLACED = [0.5, -1, 0, 2, 0, 0.25, 0, 3, 0, 0, 1, 0, 0, 0, 0, 1];

/** The last has no area. */
const SUPPRESSED = [
  { shape: [6, 4], values: [0, 0, 2, 2, 0, 1, 2, 3, 2, 2, 0, 0, 5, 5, 7, 7, 5, 5, 7, 6, 1, 1, 1, 4] },
  { shape: [6], values: [0.5, 0.9, 0.45, 0.1, 0.7, 0.3] },
] as const;
const number = (value: number): Operand => ({ shape: [], data: [value] });

/** Boxes that all have an area: LiteRT takes one without again and again. */
const WITH_AREA = [
  { shape: [5, 4], values: SUPPRESSED[0].values.slice(0, 20) },
  { shape: [5], values: SUPPRESSED[1].values.slice(0, 5) },
];

/** Soft suppression, whose scores are multiplied where boxes overlap less than the threshold. */
const soft = (most: number, iou: number, sigma: number): OperatorUse => ({
  inputs: [...WITH_AREA, indices([most], []), number(iou), number(0.05), number(sigma)],
  outputs: [outInts(most), out(most), outInts()],
});

/** By operator, then by what is peculiar. */
export const OPERATOR_CASES: Readonly<Record<string, Readonly<Record<string, OperatorUse>>>> = {
  CONV_2D: {
    same: {
      options: ['Conv2D', { padding: SAME, ...step(2), ...fused('RELU') }],
      inputs: [image(1, 5, 6, 3), weights(4, 3, 2, 3), weights(4)],
      outputs: [out(1, 3, 3, 4)],
    },
    'valid, dilated, batch 2': {
      options: ['Conv2D', { padding: VALID, ...step(1), dilationH: 2, dilationW: 1, ...fused('RELU6') }],
      inputs: [image(2, 7, 5, 2), weights(3, 3, 3, 2), weights(3)],
      outputs: [out(2, 3, 3, 3)],
    },
    'same, even kernel, uneven strides': {
      options: ['Conv2D', { padding: SAME, ...step(3, 2), ...fused('RELU_N1_TO_1') }],
      inputs: [image(1, 7, 8, 1), weights(2, 4, 2, 1), weights(2)],
      outputs: [out(1, 3, 4, 2)],
    },
    groups: {
      options: ['Conv2D', { padding: SAME, ...step(1), ...fused('NONE') }],
      inputs: [image(1, 3, 3, 4), weights(6, 3, 3, 2), weights(6)],
      outputs: [out(1, 3, 3, 6)],
    },
  },
  DEPTHWISE_CONV_2D: {
    same: {
      options: ['DepthwiseConv2D', { padding: SAME, ...step(2), multiplier: 1, ...fused('RELU6') }],
      inputs: [image(1, 6, 5, 3), weights(1, 3, 3, 3), weights(3)],
      outputs: [out(1, 3, 3, 3)],
    },
    'multiplier 2, dilated': {
      options: ['DepthwiseConv2D', { padding: VALID, ...step(1), multiplier: 2, dilationH: 2, dilationW: 2 }],
      inputs: [image(1, 6, 6, 3), weights(1, 3, 3, 6), weights(6)],
      outputs: [out(1, 2, 2, 6)],
    },
  },
  TRANSPOSE_CONV: {
    'same, stride 2': {
      options: ['TransposeConv', { padding: SAME, ...step(2) }],
      inputs: [indices([1, 6, 6, 2]), weights(2, 3, 3, 4), image(1, 3, 3, 4)],
      outputs: [out(1, 6, 6, 2)],
    },
    'same, stride 2, odd extents, bias': {
      options: ['TransposeConv', { padding: SAME, ...step(2), ...fused('RELU') }],
      inputs: [indices([1, 5, 7, 2]), weights(2, 3, 3, 3), image(1, 3, 4, 3), weights(2)],
      outputs: [out(1, 5, 7, 2)],
    },
    'valid, stride 3, kernel 2': {
      options: ['TransposeConv', { padding: VALID, ...step(3, 2) }],
      inputs: [indices([1, 5, 6, 1]), weights(1, 2, 4, 2), image(1, 2, 2, 2)],
      outputs: [out(1, 5, 6, 1)],
    },
  },
  CONV_3D: {
    same: {
      options: ['Conv3D', { padding: SAME, strideD: 1, ...step(1) }],
      inputs: [image(1, 2, 3, 3, 2), weights(2, 2, 2, 2, 3), weights(3)],
      outputs: [out(1, 2, 3, 3, 3)],
    },
  },
  FULLY_CONNECTED: {
    'rows of an image': {
      options: ['FullyConnected', { ...fused('RELU') }],
      inputs: [image(2, 1, 2, 3), weights(4, 6), weights(4)],
      outputs: [out(2, 4)],
    },
    'without bias': {
      options: ['FullyConnected', {}],
      inputs: [image(3, 5), weights(4, 5), undefined],
      outputs: [out(3, 4)],
    },
    'dimensions kept': {
      options: ['FullyConnected', { keepNumDims: true }],
      inputs: [image(2, 3, 5), weights(4, 5), weights(4)],
      outputs: [out(2, 3, 4)],
    },
    'computed weights': {
      options: ['FullyConnected', {}],
      inputs: [image(2, 3), image(4, 3), undefined],
      outputs: [out(2, 4)],
    },
  },
  BATCH_MATMUL: {
    plain: { options: ['BatchMatMul', {}], inputs: [image(2, 3, 4), image(2, 4, 5)], outputs: [out(2, 3, 5)] },
    transposed: {
      options: ['BatchMatMul', { adjY: true }],
      inputs: [image(2, 3, 4), image(2, 5, 4)],
      outputs: [out(2, 3, 5)],
    },
    'first transposed, broadcast': {
      options: ['BatchMatMul', { adjX: true }],
      inputs: [image(2, 4, 3), image(1, 4, 5)],
      outputs: [out(2, 3, 5)],
    },
  },
  AVERAGE_POOL_2D: {
    same: {
      options: ['Pool2D', { padding: SAME, ...step(2), ...filter(3), ...fused('RELU') }],
      inputs: [image(1, 5, 6, 2)],
      outputs: [out(1, 3, 3, 2)],
    },
    valid: {
      options: ['Pool2D', { padding: VALID, ...step(1, 2), ...filter(2, 3) }],
      inputs: [image(1, 5, 6, 2)],
      outputs: [out(1, 4, 2, 2)],
    },
  },
  MAX_POOL_2D: {
    same: {
      options: ['Pool2D', { padding: SAME, ...step(2), ...filter(2) }],
      inputs: [image(1, 5, 5, 3)],
      outputs: [out(1, 3, 3, 3)],
    },
  },
  L2_POOL_2D: {
    valid: {
      options: ['Pool2D', { padding: VALID, ...step(1), ...filter(2) }],
      inputs: [image(1, 3, 3, 2)],
      outputs: [out(1, 2, 2, 2)],
    },
  },
  ADD: {
    broadcast: { options: ['Add', {}], inputs: [image(2, 3), image(3)], outputs: [out(2, 3)] },
    fused: { options: ['Add', fused('RELU6')], inputs: [image(2, 3), weights(2, 3)], outputs: [out(2, 3)] },
    integers: {
      options: ['Add', {}],
      inputs: [ints([3], [1, -2, 3]), indices([5])],
      outputs: [outInts(3)],
    },
    'without options': { inputs: [image(4), image(4)], outputs: [out(4)] },
  },
  SUB: { broadcast: { options: ['Sub', fused('RELU')], inputs: [image(2, 3), image(2, 1)], outputs: [out(2, 3)] } },
  MUL: {
    broadcast: { options: ['Mul', {}], inputs: [image(1, 2, 2, 3), image(1, 1, 1, 3)], outputs: [out(1, 2, 2, 3)] },
  },
  DIV: {
    floats: { options: ['Div', {}], inputs: [image(2, 3), { shape: [3], data: [2, -4, 0.5] }], outputs: [out(2, 3)] },
    integers: {
      options: ['Div', {}],
      inputs: [ints([4], [7, -7, 9, -1]), indices([2, 2, -4, 3])],
      outputs: [outInts(4)],
      expected: [[3, -3, -2, 0]],
    },
  },
  MAXIMUM: binary(),
  MINIMUM: binary(),
  SQUARED_DIFFERENCE: binary(),
  POW: { floats: { inputs: [{ shape: [6], values: positive }, weights(6)], outputs: [out(6)] } },
  ATAN2: { floats: { inputs: [image(2, 3), image(2, 3)], outputs: [out(2, 3)] } },
  FLOOR_DIV: {
    floats: { inputs: [image(6), { shape: [6], data: [0.5, -0.5, 1, -1, 0.3, 2] }], outputs: [out(6)] },
    integers: { inputs: [ints([4], [7, -7, 9, -1]), indices([2, 2, -4, 3])], outputs: [outInts(4)] },
  },
  FLOOR_MOD: {
    integers: { inputs: [ints([4], [7, -7, 9, -1]), indices([2, 2, -4, 3])], outputs: [outInts(4)] },
    floats: { inputs: [image(4), { shape: [4], data: [0.5, -0.5, 1, -1] }], outputs: [out(4)] },
  },
  ADD_N: { three: { inputs: [image(2, 2), image(2, 2), image(2, 2)], outputs: [out(2, 2)] } },
  ABS: unary(),
  NEG: unary(),
  EXP: unary(),
  LOG: unary([6], positive),
  SQRT: unary([6], positive),
  RSQRT: unary([6], positive),
  SQUARE: unary(),
  SIGN: unary(),
  FLOOR: unary(),
  CEIL: unary(),
  ROUND: unary([6], [0.5, 1.5, 2.5, -0.5, -1.5, 0.49]),
  SIN: unary(),
  COS: unary(),
  RELU: unary(),
  RELU6: unary([4], [-1, 3, 7, 6]),
  RELU_N1_TO_1: unary(),
  RELU_0_TO_1: unary(),
  LOGISTIC: unary(),
  TANH: unary(),
  HARD_SWISH: unary([2, 3], [-4, -1, 0, 1, 2, 5]),
  ELU: unary(),
  LEAKY_RELU: { floats: { options: ['LeakyRelu', { alpha: 0.3 }], inputs: [image(2, 3)], outputs: [out(2, 3)] } },
  PRELU: { 'a slope a channel': { inputs: [image(1, 2, 2, 3), weights(1, 1, 3)], outputs: [out(1, 2, 2, 3)] } },
  GELU: {
    exact: { options: ['Gelu', {}], inputs: [image(2, 3)], outputs: [out(2, 3)] },
    approximate: { options: ['Gelu', { approximate: true }], inputs: [image(2, 3)], outputs: [out(2, 3)] },
  },
  EQUAL: compared(0, 1, 0, 1),
  NOT_EQUAL: compared(1, 0, 1, 0),
  LESS: compared(0, 0, 1, 0),
  LESS_EQUAL: compared(0, 1, 1, 1),
  GREATER: compared(1, 0, 0, 0),
  GREATER_EQUAL: compared(1, 1, 0, 1),
  LOGICAL_AND: {
    bools: {
      inputs: [bools([4], [0, 1, 0, 1]), { shape: [4], type: 'bool', data: [0, 0, 1, 1] }],
      outputs: [outBools(4)],
      expected: [[0, 0, 0, 1]],
    },
  },
  LOGICAL_OR: {
    bools: {
      inputs: [bools([4], [0, 1, 0, 1]), { shape: [4], type: 'bool', data: [0, 0, 1, 1] }],
      outputs: [outBools(4)],
      expected: [[0, 1, 1, 1]],
    },
  },
  LOGICAL_NOT: { bools: { inputs: [bools([2], [0, 1])], outputs: [outBools(2)], expected: [[1, 0]] } },
  SELECT: {
    elementwise: {
      inputs: [{ shape: [2, 2], type: 'bool', data: [1, 0, 0, 1] }, image(2, 2), image(2, 2)],
      outputs: [out(2, 2)],
    },
    rows: {
      inputs: [{ shape: [2], type: 'bool', data: [1, 0] }, image(2, 3), image(2, 3)],
      outputs: [out(2, 3)],
    },
  },
  SELECT_V2: {
    broadcast: {
      inputs: [{ shape: [3], type: 'bool', data: [1, 0, 1] }, image(2, 3), image(2, 1)],
      outputs: [out(2, 3)],
    },
  },
  CAST: {
    'to integers': {
      options: ['Cast', { inType: 0, outType: 2 }],
      inputs: [{ shape: [4], values: [1.7, -1.7, 0.2, 3] }],
      outputs: [outInts(4)],
    },
    'to floats': { options: ['Cast', { inType: 2, outType: 0 }], inputs: [ints([2], [3, -4])], outputs: [out(2)] },
  },
  SOFTMAX: {
    'beta 1': { options: ['Softmax', { beta: 1 }], inputs: [image(2, 5)], outputs: [out(2, 5)] },
    'beta 0.5, of an image': {
      options: ['Softmax', { beta: 0.5 }],
      inputs: [image(1, 2, 2, 3)],
      outputs: [out(1, 2, 2, 3)],
    },
  },
  LOG_SOFTMAX: { rows: { inputs: [image(2, 5)], outputs: [out(2, 5)] } },
  L2_NORMALIZATION: {
    rows: { options: ['L2Norm', {}], inputs: [image(2, 5)], outputs: [out(2, 5)] },
    'zeros stay': {
      options: ['L2Norm', {}],
      inputs: [{ shape: [2, 2], values: [0, 0, 3, 4] }],
      outputs: [out(2, 2)],
    },
  },
  LOCAL_RESPONSE_NORMALIZATION: {
    channels: {
      options: ['LocalResponseNormalization', { radius: 2, bias: 1, alpha: 0.1, beta: 0.75 }],
      inputs: [image(1, 2, 2, 7)],
      outputs: [out(1, 2, 2, 7)],
    },
  },
  MEAN: reduced,
  SUM: reduced,
  REDUCE_MAX: reduced,
  REDUCE_MIN: reduced,
  REDUCE_PROD: reduced,
  REDUCE_ANY: {
    rows: {
      options: ['Reducer', {}],
      inputs: [bools([2, 2], [0, 1, 0, 0]), indices([1])],
      outputs: [outBools(2)],
      expected: [[1, 0]],
    },
  },
  REDUCE_ALL: {
    rows: {
      options: ['Reducer', {}],
      inputs: [bools([2, 2], [1, 1, 0, 1]), indices([1])],
      outputs: [outBools(2)],
      expected: [[1, 0]],
    },
  },
  CUMSUM: {
    'last axis': { options: ['Cumsum', {}], inputs: [image(2, 5), indices([-1], [])], outputs: [out(2, 5)] },
    'first axis, exclusive': {
      options: ['Cumsum', { exclusive: true }],
      inputs: [image(3, 2, 2), indices([0], [])],
      outputs: [out(3, 2, 2)],
    },
    'backwards, of a list': {
      options: ['Cumsum', { reverse: true }],
      inputs: [image(6), indices([0], [])],
      outputs: [out(6)],
    },
  },
  ARG_MAX: {
    'last axis': { options: ['ArgMax', { outType: 2 }], inputs: [image(2, 5), indices([-1])], outputs: [outInts(2)] },
    'first axis': {
      options: ['ArgMax', { outType: 2 }],
      inputs: [image(3, 4), { shape: [], type: 'int32', data: [0] }],
      outputs: [outInts(4)],
    },
  },
  ARG_MIN: {
    'last axis': { options: ['ArgMin', { outType: 2 }], inputs: [image(2, 5), indices([1])], outputs: [outInts(2)] },
  },
  RESHAPE: {
    inferred: {
      options: ['Reshape', { newShape: [3, -1] }],
      inputs: [image(2, 6), indices([3, -1])],
      outputs: [out(3, 4)],
    },
    'by its options': { options: ['Reshape', { newShape: [4, 3] }], inputs: [image(2, 6)], outputs: [out(4, 3)] },
  },
  SQUEEZE: {
    one: { options: ['Squeeze', { squeezeDims: [1, -1] }], inputs: [image(2, 1, 3, 1)], outputs: [out(2, 3)] },
    all: { options: ['Squeeze', { squeezeDims: [] }], inputs: [image(1, 2, 1)], outputs: [out(2)] },
  },
  EXPAND_DIMS: { 'from the end': { inputs: [image(2, 3), indices([-1])], outputs: [out(2, 3, 1)] } },
  SHAPE: {
    ints: { options: ['Shape', { outType: 2 }], inputs: [image(2, 3)], outputs: [outInts(2)], expected: [[2, 3]] },
  },
  RANK: { three: { inputs: [image(2, 3, 1)], outputs: [outInts()], expected: [[3]] } },
  FILL: { floats: { inputs: [indices([2, 3]), { shape: [], values: [1.5] }], outputs: [out(2, 3)] } },
  ZEROS_LIKE: { floats: { inputs: [image(2, 3)], outputs: [out(2, 3)] } },
  RANGE: {
    ints: {
      inputs: [
        { shape: [], type: 'int32', data: [1] },
        { shape: [], type: 'int32', data: [9] },
        { shape: [], type: 'int32', data: [3] },
      ],
      outputs: [outInts(3)],
      expected: [[1, 4, 7]],
    },
  },
  BROADCAST_TO: {
    rows: {
      inputs: [{ shape: [1, 3], values: [1, 2, 3] }, indices([2, 3])],
      outputs: [out(2, 3)],
      expected: [[1, 2, 3, 1, 2, 3]],
    },
  },
  CONCATENATION: {
    channels: {
      options: ['Concatenation', { axis: 3 }],
      inputs: [image(1, 2, 2, 3), image(1, 2, 2, 1)],
      outputs: [out(1, 2, 2, 4)],
    },
    'from the end, with a constant': {
      options: ['Concatenation', { axis: -2 }],
      inputs: [image(2, 3), weights(1, 3)],
      outputs: [out(3, 3)],
    },
  },
  PAD: {
    zeros: { inputs: [image(1, 2, 3, 1), indices([0, 0, 1, 2, 0, 1, 0, 0], [4, 2])], outputs: [out(1, 5, 4, 1)] },
  },
  PADV2: {
    value: {
      inputs: [image(2, 2), indices([1, 0, 0, 1], [2, 2]), { shape: [], data: [-7] }],
      outputs: [out(3, 3)],
    },
  },
  MIRROR_PAD: {
    reflect: {
      options: ['MirrorPad', { mode: 0 }],
      inputs: [image(3, 3), indices([2, 1, 0, 2], [2, 2])],
      outputs: [out(6, 5)],
    },
    symmetric: {
      options: ['MirrorPad', { mode: 1 }],
      inputs: [image(3, 3), indices([3, 1, 0, 2], [2, 2])],
      outputs: [out(7, 5)],
    },
  },
  TRANSPOSE: { four: { inputs: [image(1, 2, 3, 4), indices([0, 3, 1, 2])], outputs: [out(1, 4, 2, 3)] } },
  REVERSE_V2: { 'one axis': { inputs: [image(2, 3), indices([1])], outputs: [out(2, 3)] } },
  TILE: { twice: { inputs: [image(2, 3), indices([2, 1])], outputs: [out(4, 3)] } },
  PACK: {
    first: { options: ['Pack', { valuesCount: 2, axis: 0 }], inputs: [image(3), image(3)], outputs: [out(2, 3)] },
    last: { options: ['Pack', { valuesCount: 2, axis: -1 }], inputs: [image(3), image(3)], outputs: [out(3, 2)] },
  },
  UNPACK: {
    second: { options: ['Unpack', { num: 3, axis: 1 }], inputs: [image(2, 3)], outputs: [out(2), out(2), out(2)] },
  },
  SPLIT: {
    channels: {
      options: ['Split', { numSplits: 2 }],
      inputs: [{ shape: [], type: 'int32', data: [3] }, image(1, 2, 2, 4)],
      outputs: [out(1, 2, 2, 2), out(1, 2, 2, 2)],
    },
  },
  SPLIT_V: {
    'one inferred': {
      options: ['SplitV', { numSplits: 3 }],
      inputs: [image(2, 7), indices([2, -1, 1]), { shape: [], type: 'int32', data: [1] }],
      outputs: [out(2, 2), out(2, 4), out(2, 1)],
    },
  },
  SLICE: { 'to the end': { inputs: [image(4, 5), indices([1, 2]), indices([2, -1])], outputs: [out(2, 3)] } },
  STRIDED_SLICE: {
    'begin and end masks': {
      options: ['StridedSlice', { beginMask: 1, endMask: 2 }],
      inputs: [image(4, 5), indices([2, 1]), indices([3, 0]), indices([1, 2])],
      outputs: [out(3, 2)],
    },
    'shrunk, from the end': {
      options: ['StridedSlice', { shrinkAxisMask: 1 }],
      inputs: [image(4, 5), indices([-1, 0]), indices([0, 4]), indices([1, 1])],
      outputs: [out(4)],
    },
    backwards: {
      options: ['StridedSlice', { beginMask: 2, endMask: 2 }],
      inputs: [image(2, 5), indices([0, 0]), indices([2, 0]), indices([1, -2])],
      outputs: [out(2, 3)],
    },
    'backwards from the end': {
      options: ['StridedSlice', {}],
      inputs: [image(4, 5, 3), indices([-1, -2, 2]), indices([-4, -5, -3]), indices([-1, -2, -1])],
      outputs: [out(3, 2, 2)],
    },
    'beyond both ends, fewer entries': {
      options: ['StridedSlice', {}],
      inputs: [image(4, 5, 3), indices([-100, 2]), indices([100, 100]), indices([1, 2])],
      outputs: [out(4, 2, 3)],
    },
    'a new axis and a shrunk one': {
      options: ['StridedSlice', { newAxisMask: 2, shrinkAxisMask: 1 }],
      inputs: [image(4, 5, 3), indices([1, 0, 1]), indices([2, 0, 4]), indices([1, 1, 1])],
      outputs: [out(1, 3, 3)],
    },
    'ellipsis in the middle': {
      options: ['StridedSlice', { ellipsisMask: 2 }],
      inputs: [image(4, 5, 3), indices([1, 0, 1]), indices([3, 0, 3]), indices([1, 1, 1])],
      outputs: [out(2, 5, 2)],
    },
    'shrunk from an open begin': {
      options: ['StridedSlice', { beginMask: 1, shrinkAxisMask: 1 }],
      inputs: [image(4, 5), indices([2, 0]), indices([3, 5]), indices([1, 1])],
      outputs: [out(5)],
    },
    'ellipsis and a new axis': {
      options: ['StridedSlice', { ellipsisMask: 1, newAxisMask: 2 }],
      inputs: [image(2, 3, 4), indices([0, 0, 1]), indices([0, 0, 3]), indices([1, 1, 1])],
      outputs: [out(2, 3, 1, 2)],
    },
  },
  SPACE_TO_BATCH_ND: {
    padded: {
      inputs: [image(1, 3, 4, 2), indices([2, 2]), indices([0, 1, 1, 1], [2, 2])],
      outputs: [out(4, 2, 3, 2)],
    },
  },
  BATCH_TO_SPACE_ND: {
    cropped: {
      inputs: [image(4, 2, 3, 2), indices([2, 2]), indices([0, 1, 1, 1], [2, 2])],
      outputs: [out(1, 3, 4, 2)],
    },
  },
  WHERE: {
    bools: {
      inputs: [bools([2, 2], [1, 0, 1, 1])],
      outputs: [{ shape: [3, 2], type: 'int64' }],
      expected: [[0, 0, 1, 0, 1, 1]],
    },
  },
  'custom Convolution2DTransposeBias': {
    // Filter [1, 2, 2, 1] of 1, 2, 3, 4 spread with stride 2 over 1 and −1, and a bias of 10.
    same: {
      customOptions: Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0),
      inputs: [
        { shape: [1, 1, 2, 1], values: [1, -1] },
        { shape: [1, 2, 2, 1], data: [1, 2, 3, 4] },
        { shape: [1], data: [10] },
      ],
      outputs: [out(1, 2, 4, 1)],
      expected: [[11, 12, 9, 8, 13, 14, 7, 6]],
    },
  },
  DEPTH_TO_SPACE: {
    two: { options: ['DepthToSpace', { blockSize: 2 }], inputs: [image(1, 2, 3, 8)], outputs: [out(1, 4, 6, 2)] },
  },
  SPACE_TO_DEPTH: {
    two: { options: ['SpaceToDepth', { blockSize: 2 }], inputs: [image(1, 4, 6, 2)], outputs: [out(1, 2, 3, 8)] },
  },
  GATHER: {
    rows: { options: ['Gather', { axis: 0 }], inputs: [image(4, 3), indices([2, 0, 2])], outputs: [out(3, 3)] },
    'axis from the end': {
      options: ['Gather', { axis: -1 }],
      inputs: [image(2, 4), indices([3, 1])],
      outputs: [out(2, 2)],
    },
    batches: {
      options: ['Gather', { axis: 1, batchDims: 1 }],
      inputs: [image(2, 4, 3), indices([3, 0, 1, 2], [2, 2])],
      outputs: [out(2, 2, 3)],
    },
  },
  GATHER_ND: { pairs: { inputs: [image(2, 3, 2), indices([1, 2, 0, 0], [2, 2])], outputs: [out(2, 2)] } },
  TOPK_V2: {
    three: { inputs: [image(2, 6), { shape: [], type: 'int32', data: [3] }], outputs: [out(2, 3), outInts(2, 3)] },
  },
  ONE_HOT: {
    last: {
      options: ['OneHot', { axis: -1 }],
      inputs: [
        ints([3], [2, 0, 5]),
        { shape: [], type: 'int32', data: [4] },
        { shape: [], data: [2] },
        { shape: [], data: [-1] },
      ],
      outputs: [out(3, 4)],
    },
    first: {
      options: ['OneHot', { axis: 0 }],
      inputs: [
        ints([2, 2], [1, 0, 2, 1]),
        { shape: [], type: 'int32', data: [3] },
        { shape: [], data: [1] },
        { shape: [], data: [0] },
      ],
      outputs: [out(3, 2, 2)],
    },
  },
  NON_MAX_SUPPRESSION_V4: {
    plain: {
      inputs: [...SUPPRESSED, indices([3], []), number(0.5), number(0.2)],
      outputs: [outInts(3), outInts()],
    },
    'more boxes than there are': {
      inputs: [...WITH_AREA, indices([8], []), number(0.5), number(0.2)],
      outputs: [outInts(8), outInts()],
    },
  },
  NON_MAX_SUPPRESSION_V5: {
    plain: {
      inputs: [...SUPPRESSED, indices([3], []), number(0.5), number(0.2), number(0)],
      outputs: [outInts(3), out(3), outInts()],
    },
    'soft, no threshold': soft(5, 1, 0.5),
    'soft, with a threshold': soft(7, 0.45, 0.2),
    'soft, few': soft(2, 1, 1),
  },
  'custom TFLite_Detection_PostProcess': {
    fast: postProcess({}),
    'fast, without a background': postProcess({ max_detections: 8 }, false),
    'fast, two classes of a box': postProcess({ max_classes_per_detection: 2 }),
    regular: postProcess({ use_regular_nms: true, detections_per_class: 2 }),
    'regular, more than there are': postProcess({ use_regular_nms: true, max_detections: 30 }),
  },
  'custom Landmarks2TransformMatrix': {
    turned: landmarksMatrix(3, 0),
    'to another angle': landmarksMatrix(3, 0.75),
    'by no way at all': landmarksMatrix(0, -0.5),
  },
  'custom TransformTensorBilinear': {
    // Middles x 0.5 and 1.5 lie at 0.75 and 1.75, which is beyond the last pixel's; y 0.5 and 1.5 at 1.75 and 2.25. Element r, q is 1 + 2r + q.
    'partly outside': {
      customOptions: encode({ output_height: 2, output_width: 2 }),
      inputs: [
        { shape: [1, 4, 2, 1], values: [1, 2, 3, 4, 5, 6, 7, 8] },
        { shape: [1, 4, 4], values: [1, 0, 0, 0.25, 0, 0.5, 0, 1.5, ...PLACED.slice(8)] },
      ],
      outputs: [out(1, 2, 2, 1)],
      expected: [[1 + 2 * 1.25 + 0.25, 0, 1 + 2 * 1.75 + 0.25, 0]],
    },
  },
  'custom TransformLandmarks': {
    plane: {
      inputs: [
        { shape: [1, 3, 2], values: [0, 0, 4, 2, -2, 8] },
        { shape: [1, 4, 4], values: PLACED },
      ],
      outputs: [out(1, 3, 2)],
      expected: [[2, 3, 2, 3.5, -7, 5]],
    },
    space: {
      inputs: [
        { shape: [1, 2, 3], values: [0, 0, 5, 4, 2, -6] },
        { shape: [1, 4, 4], values: PLACED },
      ],
      outputs: [out(1, 2, 3)],
      expected: [[2, 3, 5, 2, 3.5, -6]],
    },
  },
  RESIZE_BILINEAR: {
    corners: {
      options: ['ResizeBilinear', {}],
      inputs: [image(1, 3, 4, 2), indices([5, 7])],
      outputs: [out(1, 5, 7, 2)],
    },
    aligned: {
      options: ['ResizeBilinear', { alignCorners: true }],
      inputs: [image(1, 3, 4, 2), indices([5, 7])],
      outputs: [out(1, 5, 7, 2)],
    },
    'half pixels': {
      options: ['ResizeBilinear', { halfPixelCenters: true }],
      inputs: [image(1, 4, 4, 2), indices([2, 7])],
      outputs: [out(1, 2, 7, 2)],
    },
  },
  RESIZE_NEAREST_NEIGHBOR: {
    corners: {
      options: ['ResizeNearestNeighbor', {}],
      inputs: [image(1, 3, 4, 2), indices([5, 7])],
      outputs: [out(1, 5, 7, 2)],
    },
    aligned: {
      options: ['ResizeNearestNeighbor', { alignCorners: true }],
      inputs: [image(1, 3, 4, 2), indices([5, 7])],
      outputs: [out(1, 5, 7, 2)],
    },
    'half pixels': {
      options: ['ResizeNearestNeighbor', { halfPixelCenters: true }],
      inputs: [image(1, 3, 4, 2), indices([6, 2])],
      outputs: [out(1, 6, 2, 2)],
    },
  },
};
