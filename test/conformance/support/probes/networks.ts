/** Convolutions, pools, products, normalisations, reductions, recurrent networks, regions, quantised integers, signals. */
import type { DType } from '../../../../src/core/dtype.ts';
import { tensorOf, type Tensor } from '../../../../src/core/tensor.ts';
import type { OnnxNode } from '../../../helpers/onnx-bytes.ts';
import { ints, list, lone, some, unary, type ProbeOf, type Probes } from './probe.ts';

function onImage(attributes: OnnxNode['attributes'] = {}): ProbeOf {
  return (t) => ({ inputs: { x: some(t, 1, 2, 4, 4) }, attributes });
}

const window = { kernel_shape: list(2, 2) };

/** A matrix times another, or a map times weights, all of one type. */
function weighted(shape: readonly number[], weights: readonly number[]): ProbeOf {
  return (t) => ({ inputs: { x: some(t, ...shape) }, constants: { w: some(t, ...weights) } });
}

/** Axes are an attribute before an opset, and an input since. */
function reduction(since: number): ProbeOf {
  return (t, opset) =>
    opset < since
      ? { inputs: { x: some(t, 2, 3) }, attributes: { axes: list(1) } }
      : { inputs: { x: some(t, 2, 3) }, constants: { axes: ints(1) } };
}

function reductions(): Probes {
  const names = ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare'];
  return Object.fromEntries(names.map((name) => [`Reduce${name}`, reduction(18)]));
}

/** Sequences of two steps, of three features, into two units. */
function recurrent(gates: number): ProbeOf {
  return (t) => ({
    inputs: { x: some(t, 2, 1, 3) },
    constants: { w: some(t, 1, gates * 2, 3), r: some(t, 1, gates * 2, 2) },
    attributes: { hidden_size: { i: 2 } },
    outputs: ['y', 'last'],
  });
}

const batchNormalization: ProbeOf = (t, opset) => ({
  inputs: { x: some(t, 1, 2, 3) },
  constants: { scale: some(t, 2), b: some(t, 2), mean: some(t, 2), variance: some(t, 2) },
  attributes: opset < 7 ? { is_test: { i: 1 } } : {},
});

/** A group's, and since opset 21 a channel's. */
const groupNormalization: ProbeOf = (t, opset) => {
  const count = opset < 21 ? 2 : 4;
  return {
    inputs: { x: some(t, 1, 4, 3) },
    constants: { scale: some(t, count), b: some(t, count) },
    attributes: { num_groups: { i: 2 } },
  };
};

const gemm: ProbeOf = (t, opset) => ({
  inputs: { x: some(t, 2, 3) },
  constants: { w: some(t, 3, 2), c: some(t, 2) },
  attributes: opset < 7 ? { broadcast: { i: 1 } } : {},
});

const regions: ProbeOf = (t) => ({
  inputs: { x: some(t, 1, 2, 4, 4), rois: tensorOf(t, [1, 5], [0, 0, 0, 2, 3]) },
  attributes: { pooled_shape: list(2, 2) },
});

const roiAlign: ProbeOf = (t) => ({
  inputs: { x: some(t, 1, 2, 4, 4), rois: some(t, 1, 4), batch: ints(0) },
});

const scale = lone('float32', 0.5);

/** Parameters of a quantised operand. */
function quantised(name: string, value: Tensor): Record<string, Tensor> {
  return { [name]: value, [`${name}Scale`]: scale, [`${name}Zero`]: lone(value.dtype, 0) };
}

function quantisedProduct(x: (t: DType) => Tensor, w: (t: DType) => Tensor): ProbeOf {
  return (t) => ({
    inputs: { x: x(t) },
    constants: {
      xScale: scale,
      xZero: lone(t, 0),
      ...quantised('w', w(t)),
      yScale: scale,
      yZero: lone(t, 0),
    },
  });
}

function integerProduct(x: (t: DType) => Tensor, w: (t: DType) => Tensor): ProbeOf {
  return (t) => ({ inputs: { x: x(t) }, constants: { w: w(t) } });
}

const matrix = (t: DType): Tensor => some(t, 2, 3);
const otherMatrix = (t: DType): Tensor => some(t, 3, 2);
const map = (t: DType): Tensor => some(t, 1, 2, 3, 3);
const kernel = (t: DType): Tensor => some(t, 2, 2, 2, 2);

const heads: ProbeOf = (t) => ({ inputs: { q: some(t, 1, 2, 3, 4), k: some(t, 1, 2, 3, 4), v: some(t, 1, 2, 3, 4) } });

const boxes = tensorOf('float32', [1, 2, 4], [0, 0, 1, 1, 0, 0, 2, 2]);
const signal: ProbeOf = (t, opset) => {
  const inputs = { x: some(t, 1, 8, 1) };
  if (opset < 20) return { inputs, attributes: { axis: { i: 1 } } };
  return { inputs, constants: { length: undefined, axis: lone('int64', 1) } };
};

const WINDOW: ProbeOf = () => ({ inputs: {}, constants: { size: lone('int64', 5) } });

export const NETWORKS: Probes = {
  ...reductions(),
  ReduceSum: reduction(13),
  ArgMax: unary({ axis: { i: 1 } }),
  ArgMin: unary({ axis: { i: 1 } }),
  CumSum: (t) => ({ inputs: { x: some(t, 2, 3) }, constants: { axis: lone('int64', 1) } }),
  Hardmax: unary(),
  LogSoftmax: unary(),
  Softmax: unary(),
  AveragePool: onImage(window),
  LpPool: onImage(window),
  MaxPool: onImage(window),
  MaxUnpool: (t) => ({
    inputs: { x: some(t, 1, 1, 1, 2), where: tensorOf('int64', [1, 1, 1, 2], [1, 6]) },
    attributes: { ...window, strides: list(2, 2) },
  }),
  GlobalAveragePool: onImage(),
  GlobalLpPool: onImage(),
  GlobalMaxPool: onImage(),
  LRN: onImage({ size: { i: 3 } }),
  LpNormalization: unary(),
  MeanVarianceNormalization: onImage(),
  BatchNormalization: batchNormalization,
  GroupNormalization: groupNormalization,
  InstanceNormalization: (t) => ({ inputs: { x: some(t, 1, 2, 3) }, constants: { scale: some(t, 2), b: some(t, 2) } }),
  LayerNormalization: (t) => ({ inputs: { x: some(t, 2, 3) }, constants: { scale: some(t, 3) } }),
  RMSNormalization: (t) => ({ inputs: { x: some(t, 2, 3) }, constants: { scale: some(t, 3) } }),
  Conv: weighted([1, 2, 4, 4], [3, 2, 2, 2]),
  ConvTranspose: weighted([1, 2, 4, 4], [2, 3, 2, 2]),
  DeformConv: (t) => ({ inputs: { x: some(t, 1, 2, 3, 3), w: some(t, 2, 2, 2, 2), offset: some(t, 1, 8, 2, 2) } }),
  Col2Im: (t) => ({ inputs: { x: some(t, 1, 4, 9) }, constants: { image: ints(4, 4), block: ints(2, 2) } }),
  Gemm: gemm,
  MatMul: weighted([2, 3], [3, 2]),
  Einsum: (t) => ({ inputs: { a: some(t, 2, 3), b: some(t, 3, 4) }, attributes: { equation: { s: 'ij,jk->ik' } } }),
  Det: (t) => ({ inputs: { x: some(t, 2, 2, 2) } }),
  Attention: heads,
  RotaryEmbedding: (t) => ({
    inputs: { x: some(t, 1, 2, 3, 4) },
    constants: { cos: some(t, 1, 3, 2), sin: some(t, 1, 3, 2) },
  }),
  LSTM: recurrent(4),
  GRU: recurrent(3),
  RNN: recurrent(1),
  AffineGrid: (t) => ({ inputs: { theta: some(t, 1, 2, 3) }, constants: { size: ints(1, 1, 2, 3) } }),
  GridSample: (t) => ({ inputs: { x: some(t, 1, 1, 3, 3), grid: some('float32', 1, 2, 2, 2) } }),
  MaxRoiPool: regions,
  RoiAlign: roiAlign,
  NonMaxSuppression: () => ({
    inputs: { boxes, scores: some('float32', 1, 1, 2) },
    constants: { most: lone('int64', 2), overlap: lone('float32', 0.5) },
  }),
  QuantizeLinear: (t) => ({ inputs: { x: some(t, 2, 3) }, constants: { scale, zero: lone('uint8', 0) } }),
  DequantizeLinear: (t) => ({ inputs: { x: some(t, 2, 3) }, constants: { scale } }),
  DynamicQuantizeLinear: (t) => ({ inputs: { x: some(t, 2, 3) }, outputs: ['y', 'scale', 'zero'] }),
  ConvInteger: integerProduct(map, kernel),
  MatMulInteger: integerProduct(matrix, otherMatrix),
  QLinearConv: quantisedProduct(map, kernel),
  QLinearMatMul: quantisedProduct(matrix, otherMatrix),
  DFT: signal,
  STFT: (t) => ({ inputs: { x: some(t, 1, 16, 1) }, constants: { step: lone('int64', 4), window: some(t, 8) } }),
  BlackmanWindow: WINDOW,
  HammingWindow: WINDOW,
  HannWindow: WINDOW,
  MelWeightMatrix: () => ({
    inputs: {},
    constants: {
      bins: lone('int64', 4),
      length: lone('int64', 16),
      rate: lone('int64', 8000),
      lowest: lone('float32', 0),
      highest: lone('float32', 4000),
    },
  }),
};
