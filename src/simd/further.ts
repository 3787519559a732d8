/** WASM kernels of operators that not every network has: loaded with the first of them. */
import { lazy } from '../core/on-demand.ts';
import type { SimdRows } from './definition.ts';

/** The rest of the operators that have kernels, by family. */
export const FURTHER_SIMD: Readonly<Record<string, SimdRows>> = {
  conv: {
    ConvTranspose: lazy(() => import('./conv/conv-transpose.ts'), 'convTranspose'),
  },
  elementwise: {
    Activation: lazy(() => import('./elementwise/activation.ts'), 'activation'),
    Binary: lazy(() => import('./elementwise/binary.ts'), 'binary'),
    Cast: lazy(() => import('./elementwise/cast.ts'), 'cast'),
    PRelu: lazy(() => import('./elementwise/p-relu.ts'), 'pRelu'),
    Unary: lazy(() => import('./elementwise/unary.ts'), 'unary'),
    Where: lazy(() => import('./elementwise/where.ts'), 'where'),
  },
  index: {
    Gather: lazy(() => import('./index/gather.ts'), 'gather'),
  },
  move: {
    ChannelShuffle: lazy(() => import('./move/channel-shuffle.ts'), 'channelShuffle'),
    Concat: lazy(() => import('./move/concat.ts'), 'concat'),
    Expand: lazy(() => import('./move/expand.ts'), 'expand'),
    Pad: lazy(() => import('./move/pad.ts'), 'pad'),
    Slice: lazy(() => import('./move/slice.ts'), 'slice'),
    Split: lazy(() => import('./move/split.ts'), 'split'),
    Tile: lazy(() => import('./move/tile.ts'), 'tile'),
    Transpose: lazy(() => import('./move/transpose.ts'), 'transpose'),
  },
  normalise: {
    BatchNormalization: lazy(() => import('./normalise/batch-normalization.ts'), 'batchNormalization'),
    LRN: lazy(() => import('./normalise/lrn.ts'), 'lrn'),
    LpNormalization: lazy(() => import('./normalise/lp-normalization.ts'), 'lpNormalization'),
    Softmax: lazy(() => import('./normalise/softmax.ts'), 'softmax'),
  },
  pool: {
    AveragePool: lazy(() => import('./pool/average-pool.ts'), 'averagePool'),
    GlobalMaxPool: lazy(() => import('./pool/global-max-pool.ts'), 'globalMaxPool'),
    MaxPool: lazy(() => import('./pool/max-pool.ts'), 'maxPool'),
  },
  product: {
    MatMul: lazy(() => import('./product/mat-mul.ts'), 'matMul'),
  },
  quantise: {
    ConvInteger: lazy(() => import('./quantise/conv-integer.ts'), 'convInteger'),
    DequantizeLinear: lazy(() => import('./quantise/dequantize-linear.ts'), 'dequantizeLinear'),
    LookupTable: lazy(() => import('./quantise/lookup-table.ts'), 'lookupTable'),
    MatMulInteger: lazy(() => import('./quantise/mat-mul-integer.ts'), 'matMulInteger'),
    QLinearAveragePool: lazy(() => import('./quantise/q-linear-average-pool.ts'), 'qLinearAveragePool'),
    QLinearBinary: lazy(() => import('./quantise/q-linear-binary.ts'), 'qLinearBinary'),
    QLinearConv: lazy(() => import('./quantise/q-linear-conv.ts'), 'qLinearConv'),
    QLinearConvTranspose: lazy(() => import('./quantise/q-linear-conv-transpose.ts'), 'qLinearConvTranspose'),
    QLinearMatMul: lazy(() => import('./quantise/q-linear-mat-mul.ts'), 'qLinearMatMul'),
    QLinearReduce: lazy(() => import('./quantise/q-linear-reduce.ts'), 'qLinearReduce'),
    QLinearSoftmax: lazy(() => import('./quantise/q-linear-softmax.ts'), 'qLinearSoftmax'),
    QuantizeLinear: lazy(() => import('./quantise/quantize-linear.ts'), 'quantizeLinear'),
  },
  reduce: {
    ArgReduce: lazy(() => import('./reduce/arg-reduce.ts'), 'argReduce'),
    Reduce: lazy(() => import('./reduce/reduce.ts'), 'reduce'),
  },
  sample: {
    Resize: lazy(() => import('./sample/resize.ts'), 'resize'),
  },
};
