/** Random uses of operators on quantised integers: shapes that divide nothing, scales and zero points at the ends of what they can be. */
import { FUSED_ACTIVATIONS, PADDINGS } from '../../../src/formats/tflite/schema.ts';
import type { WrittenOptions, WrittenQuantisation } from '../../../src/formats/tflite/write/file.ts';
import { product, range } from '../../../src/util/arrays.ts';
import type { Dice } from '../../fuzz/dice.ts';
import { rangeOf, type Byte } from '../../helpers/quantised-case.ts';
import type { OneOperator, Operand } from '../../helpers/tflite-models.ts';

type Drawn = Omit<OneOperator, 'op'>;
type Draw = (dice: Dice) => Drawn;

const [SAME, VALID] = [PADDINGS.indexOf('SAME'), PADDINGS.indexOf('VALID')];
const RELUS = ['NONE', 'RELU', 'RELU_N1_TO_1', 'RELU6'] as const;

const typeOf = (dice: Dice): Byte => dice.pick(['int8', 'int8', 'uint8']);
const extent = (dice: Dice): number => dice.pick([1, 2, 3, 5, 7, 17]);
const shapeOf = (dice: Dice, rank = dice.int(1, 4)): number[] => range(rank).map(() => extent(dice));
const fused = (dice: Dice): number => FUSED_ACTIVATIONS.indexOf(dice.pick(RELUS));

/** Powers of two, at which ties are exact, and others. */
function scaleOf(dice: Dice, typical = 0.05): number {
  const exponent = dice.int(-3, 3);
  return Math.fround(
    dice.chance(0.3)
      ? 2 ** (Math.round(Math.log2(typical)) + exponent)
      : typical * (0.2 + 2 * (dice.int(0, 1e6) / 1e6)),
  );
}

function zeroOf(dice: Dice, type: Byte): number {
  const [low, high] = rangeOf(type);
  return dice.pick([low, high, (low + high + 1) / 2, dice.int(low, high), dice.int(low, high)]);
}

function quantisation(dice: Dice, type: Byte, typical?: number): WrittenQuantisation {
  return { scales: [scaleOf(dice, typical)], zeroPoints: [zeroOf(dice, type)] };
}

function integers(dice: Dice, type: Byte, count: number): number[] {
  const [low, high] = rangeOf(type);
  return range(count).map(() => (dice.chance(0.1) ? dice.pick([low, high]) : dice.int(low, high)));
}

/** What is fed. */
function fed(dice: Dice, type: Byte, shape: readonly number[], q = quantisation(dice, type)): Operand {
  return { shape, type, values: integers(dice, type, product(shape)), quantisation: q };
}

const result = (type: Byte, shape: readonly number[], q: WrittenQuantisation): Operand => ({
  type,
  shape,
  quantisation: q,
});

const scaleIn = ({ quantisation: q }: Operand): number => q?.scales[0] ?? 1;

/** A filter of integers: a scale for all or one for each position of an axis, as its type allows. */
function filter(dice: Dice, type: Byte, shape: readonly number[], axis: number): Operand {
  const perChannel = type === 'int8' && dice.chance(0.6);
  const count = perChannel ? (shape[axis] ?? 1) : 1;
  const scales = range(count).map(() => scaleOf(dice, 0.02));
  const zeroPoints = scales.map(() => (type === 'int8' ? 0 : zeroOf(dice, type)));
  return {
    shape,
    type,
    data: integers(dice, type, product(shape)),
    quantisation: { scales, zeroPoints, axis: perChannel ? axis : 0 },
  };
}

/** Sums of so many products spread over the result's type, or beyond it. */
function sumScale(dice: Dice, x: Operand, w: Operand, terms: number): number {
  const widest = Math.max(...(w.quantisation?.scales ?? [1]));
  return Math.max((widest * scaleIn(x)) / 200, widest * scaleIn(x) * Math.sqrt(terms) * dice.pick([3, 20, 40, 80]));
}

function bias(dice: Dice, x: Operand, w: Operand, count: number): Operand {
  const scales = (w.quantisation?.scales ?? []).map((s) => Math.fround(s * scaleIn(x)));
  const most = dice.pick([10, 1000, 20000]);
  return {
    shape: [count],
    type: 'int32',
    data: range(count).map(() => dice.int(-most, most)),
    quantisation: { scales, zeroPoints: scales.map(() => 0) },
  };
}

const outExtent = (size: number, kernel: number, stride: number, dilation: number, padding: number): number =>
  padding === SAME ? Math.ceil(size / stride) : Math.floor((size - (kernel - 1) * dilation - 1) / stride) + 1;

function windowOf(
  dice: Dice,
  dilated: boolean,
): {
  h: number;
  w: number;
  kh: number;
  kw: number;
  dh: number;
  dw: number;
  sh: number;
  sw: number;
  padding: number;
  oh: number;
  ow: number;
} {
  const [kh, kw] = [dice.pick([1, 2, 3, 5]), dice.pick([1, 3, 4])];
  const [dh, dw] = dilated && dice.chance(0.3) ? [dice.int(1, 3), dice.int(1, 3)] : [1, 1];
  const [sh, sw] = dh * dw > 1 ? [1, 1] : [dice.int(1, 3), dice.int(1, 3)];
  const padding = dice.pick([SAME, VALID]);
  const [least, most] = [padding === SAME ? 1 : (kh - 1) * dh + 1, padding === SAME ? 1 : (kw - 1) * dw + 1];
  const [h, w] = [least + dice.pick([0, 2, 4, 6]), most + dice.pick([0, 1, 4, 6])];
  return {
    h,
    w,
    kh,
    kw,
    dh,
    dw,
    sh,
    sw,
    padding,
    oh: outExtent(h, kh, sh, dh, padding),
    ow: outExtent(w, kw, sw, dw, padding),
  };
}

function conv(dice: Dice, groups: number): Drawn {
  const type = typeOf(dice);
  const { h, w, kh, kw, dh, dw, sh, sw, padding, oh, ow } = windowOf(dice, true);
  const [ic, oc] = [extent(dice), extent(dice) * groups];
  const x = fed(dice, type, [dice.int(1, 2), h, w, ic * groups]);
  const k = filter(dice, type, [oc, kh, kw, ic], 0);
  const q = quantisation(dice, type, sumScale(dice, x, k, kh * kw * ic));
  return {
    options: ['Conv2D', { padding, strideH: sh, strideW: sw, dilationH: dh, dilationW: dw, activation: fused(dice) }],
    inputs: [x, k, bias(dice, x, k, oc)],
    outputs: [result(type, [x.shape[0] ?? 1, oh, ow, oc], q)],
  };
}

const depthwise: Draw = (dice) => {
  const type = typeOf(dice);
  const { h, w, kh, kw, dh, dw, sh, sw, padding, oh, ow } = windowOf(dice, true);
  const [channels, multiplier] = [extent(dice), dice.int(1, 3)];
  const oc = channels * multiplier;
  const x = fed(dice, type, [dice.int(1, 2), h, w, channels]);
  const k = filter(dice, type, [1, kh, kw, oc], 3);
  const q = quantisation(dice, type, sumScale(dice, x, k, kh * kw));
  const strides = { strideH: sh, strideW: sw, dilationH: dh, dilationW: dw };
  return {
    options: ['DepthwiseConv2D', { padding, ...strides, multiplier, activation: fused(dice) }],
    inputs: [x, k, bias(dice, x, k, oc)],
    outputs: [result(type, [x.shape[0] ?? 1, oh, ow, oc], q)],
  };
};

const transposeConv: Draw = (dice) => {
  const type = typeOf(dice);
  const [kh, kw, sh, sw] = [dice.int(1, 4), dice.int(1, 4), dice.int(1, 3), dice.int(1, 3)];
  const padding = dice.pick([SAME, VALID]);
  const [h, w, ic, oc] = [dice.pick([1, 3, 5]), dice.pick([1, 2, 3]), extent(dice), extent(dice)];
  const size = (n: number, k: number, s: number): number =>
    padding === SAME ? n * s - dice.int(0, s - 1) : (n - 1) * s + Math.max(k, s);
  const out = [1, size(h, kh, sh), size(w, kw, sw), oc];
  const x = fed(dice, type, [1, h, w, ic]);
  const k = filter(dice, type, [oc, kh, kw, ic], 0);
  const q = quantisation(dice, type, sumScale(dice, x, k, (kh * kw * ic) / (sh * sw)));
  const activation = fused(dice);
  return {
    options: ['TransposeConv', { padding, strideH: sh, strideW: sw, activation }],
    inputs: [{ shape: [4], type: 'int32', data: out }, k, x, ...(dice.chance(0.7) ? [bias(dice, x, k, oc)] : [])],
    outputs: [result(type, out, q)],
  };
};

const fullyConnected: Draw = (dice) => {
  const type = typeOf(dice);
  const [depth, columns] = [dice.pick([1, 3, 7, 17, 65]), extent(dice)];
  const keepNumDims = dice.chance(0.4);
  const lead = keepNumDims ? [2, 3] : [extent(dice)];
  const x = fed(dice, type, [...lead, depth]);
  const computed = dice.chance(0.2);
  const k = computed ? fed(dice, type, [columns, depth]) : filter(dice, type, [columns, depth], 0);
  const q = quantisation(dice, type, sumScale(dice, x, k, depth));
  return {
    options: ['FullyConnected', { activation: fused(dice), keepNumDims }],
    inputs: [x, k, computed || dice.chance(0.3) ? undefined : bias(dice, x, k, columns)],
    outputs: [result(type, [...lead, columns], q)],
  };
};

const batchMatMul: Draw = (dice) => {
  const type = 'int8';
  const [rows, depth, columns] = [extent(dice), extent(dice), extent(dice)];
  const [adjX, adjY] = [dice.chance(0.5), dice.chance(0.5)];
  const batch = dice.pick([[], [2], [3, 2]]);
  const otherBatch = dice.chance(0.2) ? batch.map(() => 1) : batch;
  const a = fed(dice, type, [...batch, ...(adjX ? [depth, rows] : [rows, depth])]);
  const b = fed(dice, type, [...otherBatch, ...(adjY ? [columns, depth] : [depth, columns])]);
  const q = quantisation(dice, type, sumScale(dice, a, b, depth));
  return {
    options: ['BatchMatMul', { adjX, adjY }],
    inputs: [a, b],
    outputs: [result(type, [...batch, rows, columns], q)],
  };
};

/** Two operands that are broadcast: of one rank, or the second of fewer dimensions. */
function broadcastPair(dice: Dice): [a: number[], b: number[], y: number[]] {
  const y = shapeOf(dice);
  const part = (): number[] => y.map((d) => (dice.chance(0.2) ? 1 : d));
  const [a, b] = dice.chance(0.5) ? [y, y] : [y, dice.chance(0.3) ? y.slice(dice.int(0, y.length - 1)) : part()];
  return dice.chance(0.5) ? [a, b, y] : [b, a, y];
}

const binary =
  (
    options: ((activation: number) => WrittenOptions) | undefined,
    typical: (a: number, b: number) => number,
    types: readonly Byte[] = ['int8', 'int8', 'uint8'],
  ): Draw =>
  (dice) => {
    const type = dice.pick(types);
    const [aShape, bShape, y] = broadcastPair(dice);
    const [a, b] = [fed(dice, type, aShape), fed(dice, type, bShape)];
    const constant = dice.chance(0.3);
    const { values, ...rest } = b;
    const q = quantisation(dice, type, typical(scaleIn(a), scaleIn(b)));
    return {
      ...(options ? { options: options(fused(dice)) } : {}),
      inputs: [a, constant && values ? { ...rest, data: values } : b],
      outputs: [result(type, y, q)],
    };
  };

/** Both operands and the result have one scale. */
const same: Draw = (dice) => {
  const type = typeOf(dice);
  const q = quantisation(dice, type);
  const [a, b, y] = broadcastPair(dice);
  return { inputs: [fed(dice, type, a, q), fed(dice, type, b, q)], outputs: [result(type, y, q)] };
};

const comparison: Draw = (dice) => {
  const type = typeOf(dice);
  const [a, b, y] = broadcastPair(dice);
  const q = quantisation(dice, type);
  return {
    inputs: [fed(dice, type, a, q), fed(dice, type, b, dice.chance(0.5) ? q : quantisation(dice, type))],
    outputs: [{ shape: y, type: 'bool' }],
  };
};

interface Unary {
  readonly options?: WrittenOptions;
  readonly types?: readonly Byte[];
  readonly input?: (dice: Dice, type: Byte) => WrittenQuantisation;
  /** Of the result; the input's own where there is none. */
  readonly output?: (dice: Dice, type: Byte) => WrittenQuantisation;
}

const unary =
  ({ options, types = ['int8', 'uint8'], input, output }: Unary = {}): Draw =>
  (dice) => {
    const type = dice.pick(types);
    const x = fed(dice, type, shapeOf(dice), input?.(dice, type) ?? quantisation(dice, type));
    const q = output?.(dice, type) ?? quantisation(dice, type, scaleIn(x));
    return { ...(options ? { options } : {}), inputs: [x], outputs: [result(type, x.shape, q)] };
  };

const fixedScale =
  (scale: number, int8: number, uint8: number) =>
  (_: Dice, type: Byte): WrittenQuantisation => ({ scales: [scale], zeroPoints: [type === 'int8' ? int8 : uint8] });

/** The result has the scale of the input. */
const kept =
  (
    make: (dice: Dice) => {
      shape: number[];
      y: number[];
      options?: WrittenOptions;
      more?: readonly Operand[];
      outputs?: number;
    },
  ): Draw =>
  (dice) => {
    const type = typeOf(dice);
    const q = quantisation(dice, type);
    const { shape, y, options, more = [], outputs = 1 } = make(dice);
    return {
      ...(options ? { options } : {}),
      inputs: [fed(dice, type, shape, q), ...more],
      outputs: range(outputs).map(() => result(type, y, q)),
    };
  };

const ints = (values: readonly number[], shape: readonly number[] = [values.length]): Operand => ({
  type: 'int32',
  shape,
  data: values,
});

const pool = (averages: boolean): Draw =>
  kept((dice) => {
    const { h, w, kh, kw, sh, sw, padding, oh, ow } = windowOf(dice, false);
    const [n, c] = [dice.int(1, 2), extent(dice)];
    return {
      shape: [n, h, w, c],
      y: [n, oh, ow, c],
      options: [
        'Pool2D',
        {
          padding,
          strideH: sh,
          strideW: sw,
          filterH: kh,
          filterW: kw,
          activation: averages || dice.chance(0.5) ? fused(dice) : 0,
        },
      ],
    };
  });

const reduction =
  (rescales: boolean, types: readonly Byte[] = ['int8', 'uint8']): Draw =>
  (dice) => {
    const type = dice.pick(types);
    const rank = dice.int(1, 4);
    const shape = shapeOf(dice, rank);
    const axes = dice.chance(0.4) && rank === 4 ? [1, 2] : range(rank).filter(() => dice.chance(0.4));
    if (axes.length === 0) axes.push(rank - 1);
    const keepDims = dice.chance(0.5);
    const y = keepDims ? shape.map((d, i) => (axes.includes(i) ? 1 : d)) : shape.filter((_, i) => !axes.includes(i));
    const x = fed(dice, type, shape);
    const q =
      rescales && dice.chance(0.8)
        ? quantisation(dice, type, scaleIn(x))
        : (x.quantisation ?? quantisation(dice, type));
    return {
      options: ['Reducer', { keepDims }],
      inputs: [x, ints(axes.map((a) => (dice.chance(0.3) ? a - rank : a)))],
      outputs: [result(type, y, q)],
    };
  };

const argument =
  (options: 'ArgMax' | 'ArgMin'): Draw =>
  (dice) => {
    const type = typeOf(dice);
    const shape = shapeOf(dice, dice.int(1, 3));
    const axis = dice.int(0, shape.length - 1);
    return {
      options: [options, { outType: 2 }],
      inputs: [fed(dice, type, shape), ints([axis], [])],
      outputs: [{ type: 'int32', shape: shape.filter((_, i) => i !== axis) }],
    };
  };

const resize = (options: 'ResizeBilinear' | 'ResizeNearestNeighbor'): Draw =>
  kept((dice) => {
    const [n, h, w, c] = [1, dice.pick([1, 2, 3, 5, 7]), dice.pick([2, 3, 5, 8]), extent(dice)];
    const [oh, ow] = [dice.pick([1, 2, 5, 7, 10, 17]), dice.pick([1, 3, 5, 11, 16])];
    const corner = dice.int(0, 2);
    return {
      shape: [n, h, w, c],
      y: [n, oh, ow, c],
      options: [options, { alignCorners: corner === 1, halfPixelCenters: corner === 2 }],
      more: [ints([oh, ow])],
    };
  });

const concatenation: Draw = (dice) => {
  const type = typeOf(dice);
  const shape = shapeOf(dice);
  const axis = dice.int(0, shape.length - 1);
  const q = quantisation(dice, type);
  const extents = range(dice.int(1, 4)).map(() => extent(dice));
  const inputs = extents.map((d) =>
    fed(dice, type, shape.with(axis, d), type === 'uint8' && dice.chance(0.3) ? quantisation(dice, type) : q),
  );
  return {
    options: ['Concatenation', { axis: dice.chance(0.3) ? axis - shape.length : axis }],
    inputs,
    outputs: [
      result(
        type,
        shape.with(
          axis,
          extents.reduce((a, b) => a + b),
        ),
        q,
      ),
    ],
  };
};

const pad =
  (valued: boolean): Draw =>
  (dice) => {
    const type = typeOf(dice);
    const shape = shapeOf(dice);
    const pairs = shape.map(() => [dice.int(0, 3), dice.int(0, 3)]);
    const q = quantisation(dice, type);
    const x = fed(dice, type, shape, q);
    const value: Operand = { type, shape: [1], data: integers(dice, type, 1), quantisation: q };
    return {
      inputs: [x, ints(pairs.flat(), [shape.length, 2]), ...(valued ? [value] : [])],
      outputs: [
        result(
          type,
          shape.map((d, i) => d + (pairs[i] ?? []).reduce((a, b) => a + b, 0)),
          q,
        ),
      ],
    };
  };

const mirror: Draw = kept((dice) => {
  const shape = shapeOf(dice);
  const mode = dice.int(0, 1);
  const pairs = shape.map((d) => [dice.int(0, Math.min(3, d - 1 + mode)), dice.int(0, Math.min(3, d - 1 + mode))]);
  return {
    shape,
    y: shape.map((d, i) => d + (pairs[i] ?? []).reduce((a, b) => a + b, 0)),
    options: ['MirrorPad', { mode }],
    more: [ints(pairs.flat(), [shape.length, 2])],
  };
});

const pRelu: Draw = (dice) => {
  const type = typeOf(dice);
  const shape = shapeOf(dice, 4);
  const x = fed(dice, type, shape);
  const slope = filter(dice, type, dice.chance(0.7) ? [1, 1, shape[3] ?? 1] : shape.slice(1), 0);
  const { scales = [1], zeroPoints = [0] } = slope.quantisation ?? {};
  return {
    inputs: [x, { ...slope, quantisation: { scales: scales.slice(0, 1), zeroPoints: zeroPoints.slice(0, 1) } }],
    outputs: [result(type, shape, quantisation(dice, type, scaleIn(x)))],
  };
};

const quantize: Draw = (dice) => {
  const [from, to] = [typeOf(dice), typeOf(dice)];
  const x = fed(dice, from, shapeOf(dice));
  return {
    inputs: [x],
    outputs: [
      result(
        to,
        x.shape,
        dice.chance(0.2) && from === to && x.quantisation ? x.quantisation : quantisation(dice, to, scaleIn(x)),
      ),
    ],
  };
};

const transpose = kept((dice) => {
  const shape = shapeOf(dice, dice.int(1, 5));
  const perm = range(shape.length).sort(() => dice.int(0, 1) - 0.5);
  return { shape, y: perm.map((i) => shape[i] ?? 1), more: [ints(perm)] };
});

const one = (shape: number[], y = shape) => ({ shape, y });

/** By operator. */
export const QUANTISED_DRAWS: Readonly<Record<string, Draw>> = {
  CONV_2D: (dice) => conv(dice, 1),
  'CONV_2D grouped': (dice) => conv(dice, dice.int(2, 3)),
  DEPTHWISE_CONV_2D: depthwise,
  TRANSPOSE_CONV: transposeConv,
  FULLY_CONNECTED: fullyConnected,
  BATCH_MATMUL: batchMatMul,
  ADD: binary(
    (activation) => ['Add', { activation }],
    (a, b) => a + b,
  ),
  SUB: binary(
    (activation) => ['Sub', { activation }],
    (a, b) => a + b,
  ),
  MUL: binary(
    (activation) => ['Mul', { activation }],
    (a, b) => a * b * 60,
  ),
  SQUARED_DIFFERENCE: binary(undefined, (a, b) => a * b * 60, ['int8']),
  MAXIMUM: same,
  MINIMUM: same,
  EQUAL: comparison,
  NOT_EQUAL: comparison,
  LESS: comparison,
  LESS_EQUAL: comparison,
  GREATER: comparison,
  GREATER_EQUAL: comparison,
  PRELU: pRelu,
  RELU: unary(),
  RELU6: unary(),
  RELU_N1_TO_1: unary(),
  RELU_0_TO_1: unary(),
  LEAKY_RELU: (dice) => unary({ options: ['LeakyRelu', { alpha: dice.pick([0.1, 0.25, 0.01, 0.99]) }] })(dice),
  LOGISTIC: unary({ output: fixedScale(1 / 256, -128, 0) }),
  TANH: unary({ output: fixedScale(1 / 128, 0, 128) }),
  HARD_SWISH: unary(),
  RSQRT: unary({
    types: ['int8'],
    input: (dice) => ({ scales: [scaleOf(dice)], zeroPoints: [-128] }),
    output: (dice, type) => quantisation(dice, type, 0.05),
  }),
  ABS: unary({ types: ['int8'] }),
  EXP: unary({ types: ['int8'] }),
  LOG: unary({ types: ['int8'] }),
  NEG: (dice) => {
    const q = { scales: [scaleOf(dice)], zeroPoints: [0] };
    return unary({ types: ['int8'], input: () => q, output: () => q })(dice);
  },
  ELU: unary({ types: ['int8'] }),
  GELU: (dice) => unary({ options: ['Gelu', { approximate: dice.chance(0.5) }] })(dice),
  SOFTMAX: (dice) =>
    unary({ options: ['Softmax', { beta: dice.pick([1, 1, 0.5, 2]) }], output: fixedScale(1 / 256, -128, 0) })(dice),
  LOG_SOFTMAX: unary({ output: fixedScale(16 / 256, 127, 255) }),
  L2_NORMALIZATION: unary({ options: ['L2Norm', {}], output: fixedScale(1 / 128, 0, 128) }),
  MEAN: reduction(true),
  SUM: reduction(true),
  REDUCE_MAX: reduction(false),
  REDUCE_MIN: reduction(false),
  ARG_MAX: argument('ArgMax'),
  ARG_MIN: argument('ArgMin'),
  AVERAGE_POOL_2D: pool(true),
  MAX_POOL_2D: pool(false),
  RESIZE_BILINEAR: resize('ResizeBilinear'),
  RESIZE_NEAREST_NEIGHBOR: resize('ResizeNearestNeighbor'),
  CONCATENATION: concatenation,
  PAD: pad(false),
  PADV2: pad(true),
  MIRROR_PAD: mirror,
  QUANTIZE: quantize,
  TRANSPOSE: transpose,
  RESHAPE: kept((dice) => {
    const shape = shapeOf(dice);
    return { shape, y: [1, product(shape)], more: [ints([1, product(shape)])] };
  }),
  SQUEEZE: kept(() => ({ ...one([1, 3, 1, 2], [3, 2]), options: ['Squeeze', { squeezeDims: [0, -2] }] })),
  EXPAND_DIMS: kept(() => ({ ...one([3, 2], [3, 1, 2]), more: [ints([1], [])] })),
  TILE: kept(() => ({ ...one([3, 2], [6, 6]), more: [ints([2, 3])] })),
  REVERSE_V2: kept(() => ({ ...one([3, 5]), more: [ints([1])] })),
  SLICE: kept(() => ({ ...one([5, 7], [3, 6]), more: [ints([1, 1]), ints([3, -1])] })),
  STRIDED_SLICE: kept(() => ({
    ...one([5, 7], [3, 3]),
    options: ['StridedSlice', { endMask: 2 }],
    more: [ints([4, 1]), ints([-6, 0]), ints([-2, 2])],
  })),
  SPLIT: (dice) => {
    const q = quantisation(dice, 'int8');
    return {
      options: ['Split', { numSplits: 2 }],
      inputs: [ints([1], []), fed(dice, 'int8', [3, 10], q)],
      outputs: [result('int8', [3, 5], q), result('int8', [3, 5], q)],
    };
  },
  SPLIT_V: (dice) => {
    const q = quantisation(dice, 'int8');
    return {
      options: ['SplitV', { numSplits: 2 }],
      inputs: [fed(dice, 'int8', [3, 10], q), ints([3, 7]), ints([1], [])],
      outputs: [result('int8', [3, 3], q), result('int8', [3, 7], q)],
    };
  },
  PACK: (dice) => {
    const q = quantisation(dice, 'int8');
    return {
      options: ['Pack', { valuesCount: 2, axis: 1 }],
      inputs: [fed(dice, 'int8', [3, 5], q), fed(dice, 'int8', [3, 5], q)],
      outputs: [result('int8', [3, 2, 5], q)],
    };
  },
  UNPACK: kept(() => ({ ...one([3, 2, 5], [3, 5]), options: ['Unpack', { num: 2, axis: 1 }], outputs: 2 })),
  SPACE_TO_BATCH_ND: kept(() => ({
    ...one([1, 3, 5, 7], [4, 2, 3, 7]),
    more: [ints([2, 2]), ints([0, 1, 1, 0], [2, 2])],
  })),
  BATCH_TO_SPACE_ND: kept(() => ({
    ...one([4, 2, 3, 5], [1, 3, 5, 5]),
    more: [ints([2, 2]), ints([1, 0, 0, 1], [2, 2])],
  })),
  DEPTH_TO_SPACE: kept(() => ({ ...one([1, 3, 5, 12], [1, 6, 10, 3]), options: ['DepthToSpace', { blockSize: 2 }] })),
  SPACE_TO_DEPTH: kept(() => ({ ...one([1, 6, 10, 3], [1, 3, 5, 12]), options: ['SpaceToDepth', { blockSize: 2 }] })),
  GATHER: kept(() => ({ ...one([5, 3], [5, 2]), options: ['Gather', { axis: 1 }], more: [ints([2, 0])] })),
  GATHER_ND: kept(() => ({ ...one([3, 5, 2], [2, 2]), more: [ints([2, 4, 0, 1], [2, 2])] })),
  TOPK_V2: (dice) => {
    const type = typeOf(dice);
    const x = fed(dice, type, [3, 17]);
    return {
      inputs: [x, ints([5], [])],
      outputs: [result(type, [3, 5], x.quantisation ?? quantisation(dice, type)), { type: 'int32', shape: [3, 5] }],
    };
  },
  SELECT: (dice) => {
    const q = quantisation(dice, 'int8');
    return {
      inputs: [
        { shape: [5, 3], type: 'bool', data: range(15).map(() => dice.int(0, 1)) },
        fed(dice, 'int8', [5, 3], q),
        fed(dice, 'int8', [5, 3], q),
      ],
      outputs: [result('int8', [5, 3], q)],
    };
  },
  SELECT_V2: (dice) => {
    const q = quantisation(dice, 'int8');
    return {
      inputs: [
        { shape: [3], type: 'bool', data: range(3).map(() => dice.int(0, 1)) },
        fed(dice, 'int8', [5, 3], q),
        fed(dice, 'int8', [5, 1], q),
      ],
      outputs: [result('int8', [5, 3], q)],
    };
  },
  CAST: (dice) => ({
    options: ['Cast', { inType: 9, outType: 2 }],
    inputs: [fed(dice, 'int8', [3, 5])],
    outputs: [{ type: 'int32', shape: [3, 5] }],
  }),
};
