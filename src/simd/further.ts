/** WASM kernels of operators that not every network has: loaded with the first of them. */
import { lazy, type Row } from '../core/on-demand.ts';
import type { OpKind } from '../ir/ops.ts';
import type { SimdDefinition } from './definition.ts';

/** The rest of the operators that have kernels. */
export const FURTHER_SIMD: { readonly [K in OpKind]?: Row<SimdDefinition<K>> } = {
  Activation: lazy(() => import('./elementwise/activation.ts'), 'activation'),
  ArgReduce: lazy(() => import('./reduce/arg-reduce.ts'), 'argReduce'),
  BatchNormalization: lazy(() => import('./normalise/batch-normalization.ts'), 'batchNormalization'),
  Binary: lazy(() => import('./elementwise/binary.ts'), 'binary'),
  Cast: lazy(() => import('./elementwise/cast.ts'), 'cast'),
  ChannelShuffle: lazy(() => import('./move/channel-shuffle.ts'), 'channelShuffle'),
  Concat: lazy(() => import('./move/concat.ts'), 'concat'),
  ConvInteger: lazy(() => import('./quantise/conv-integer.ts'), 'convInteger'),
  ConvTranspose: lazy(() => import('./conv/conv-transpose.ts'), 'convTranspose'),
  DequantizeLinear: lazy(() => import('./quantise/dequantize-linear.ts'), 'dequantizeLinear'),
  Expand: lazy(() => import('./move/expand.ts'), 'expand'),
  Gather: lazy(() => import('./index/gather.ts'), 'gather'),
  LRN: lazy(() => import('./normalise/lrn.ts'), 'lrn'),
  LookupTable: lazy(() => import('./quantise/lookup-table.ts'), 'lookupTable'),
  LpNormalization: lazy(() => import('./normalise/lp-normalization.ts'), 'lpNormalization'),
  MatMul: lazy(() => import('./product/mat-mul.ts'), 'matMul'),
  MatMulInteger: lazy(() => import('./quantise/mat-mul-integer.ts'), 'matMulInteger'),
  PRelu: lazy(() => import('./elementwise/p-relu.ts'), 'pRelu'),
  Pad: lazy(() => import('./move/pad.ts'), 'pad'),
  QLinearAveragePool: lazy(() => import('./quantise/q-linear-average-pool.ts'), 'qLinearAveragePool'),
  QLinearBinary: lazy(() => import('./quantise/q-linear-binary.ts'), 'qLinearBinary'),
  QLinearConv: lazy(() => import('./quantise/q-linear-conv.ts'), 'qLinearConv'),
  QLinearConvTranspose: lazy(() => import('./quantise/q-linear-conv-transpose.ts'), 'qLinearConvTranspose'),
  QLinearMatMul: lazy(() => import('./quantise/q-linear-mat-mul.ts'), 'qLinearMatMul'),
  QLinearReduce: lazy(() => import('./quantise/q-linear-reduce.ts'), 'qLinearReduce'),
  QLinearSoftmax: lazy(() => import('./quantise/q-linear-softmax.ts'), 'qLinearSoftmax'),
  QuantizeLinear: lazy(() => import('./quantise/quantize-linear.ts'), 'quantizeLinear'),
  Reduce: lazy(() => import('./reduce/reduce.ts'), 'reduce'),
  Resize: lazy(() => import('./sample/resize.ts'), 'resize'),
  Slice: lazy(() => import('./move/slice.ts'), 'slice'),
  Softmax: lazy(() => import('./normalise/softmax.ts'), 'softmax'),
  Split: lazy(() => import('./move/split.ts'), 'split'),
  Tile: lazy(() => import('./move/tile.ts'), 'tile'),
  Transpose: lazy(() => import('./move/transpose.ts'), 'transpose'),
  Unary: lazy(() => import('./elementwise/unary.ts'), 'unary'),
  Where: lazy(() => import('./elementwise/where.ts'), 'where'),
};
