/** Semantics of operators that few networks have: loaded when a model has one of them. */
import { lazy, type Row } from '../core/on-demand.ts';
import type { OpKind } from '../ir/ops.ts';
import type { COMMON_OPS } from './common.ts';
import type { OpDefinition } from './definition.ts';

/** The rest of all operators. */
export const FURTHER_OPS = {
  DeformConv: lazy(() => import('./conv/deform-conv.ts'), 'deformConv'),
  LpPool: lazy(() => import('./pool/lp-pool.ts'), 'lpPool'),
  ArgMaxPool: lazy(() => import('./pool/arg-max-pool.ts'), 'argMaxPool'),
  MaxUnpool: lazy(() => import('./pool/max-unpool.ts'), 'maxUnpool'),
  PRelu: lazy(() => import('./elementwise/p-relu.ts'), 'pRelu'),
  Where: lazy(() => import('./elementwise/where.ts'), 'where'),
  LpNormalization: lazy(() => import('./normalise/lp-normalization.ts'), 'lpNormalization'),
  LRN: lazy(() => import('./normalise/lrn.ts'), 'lrn'),
  ArgReduce: lazy(() => import('./reduce/arg-reduce.ts'), 'argReduce'),
  MaxRoiPool: lazy(() => import('./sample/max-roi-pool.ts'), 'maxRoiPool'),
  RoiAlign: lazy(() => import('./sample/roi-align.ts'), 'roiAlign'),
  ConstantOfShape: lazy(() => import('./shape/constant-of-shape.ts'), 'constantOfShape'),
  Range: lazy(() => import('./shape/range.ts'), 'range'),
  Expand: lazy(() => import('./move/expand.ts'), 'expand'),
  Tile: lazy(() => import('./move/tile.ts'), 'tile'),
  Gather: lazy(() => import('./index/gather.ts'), 'gather'),
  GatherND: lazy(() => import('./index/gather-nd.ts'), 'gatherND'),
  NonZero: lazy(() => import('./index/non-zero.ts'), 'nonZero'),
  Compress: lazy(() => import('./index/compress.ts'), 'compress'),
  TopK: lazy(() => import('./index/top-k.ts'), 'topK'),
  NonMaxSuppression: lazy(() => import('./detect/non-max-suppression.ts'), 'nonMaxSuppression'),
  QuantizeLinear: lazy(() => import('./quantise/quantize-linear.ts'), 'quantizeLinear'),
  DequantizeLinear: lazy(() => import('./quantise/dequantize-linear.ts'), 'dequantizeLinear'),
  DynamicQuantizeLinear: lazy(() => import('./quantise/dynamic-quantize-linear.ts'), 'dynamicQuantizeLinear'),
  ConvInteger: lazy(() => import('./quantise/conv-integer.ts'), 'convInteger'),
  MatMulInteger: lazy(() => import('./quantise/mat-mul-integer.ts'), 'matMulInteger'),
  LookupTable: lazy(() => import('./quantise/lookup-table.ts'), 'lookupTable'),
  QLinearConv: lazy(() => import('./quantise/q-linear-conv.ts'), 'qLinearConv'),
  QLinearConvTranspose: lazy(() => import('./quantise/q-linear-conv-transpose.ts'), 'qLinearConvTranspose'),
  QLinearMatMul: lazy(() => import('./quantise/q-linear-mat-mul.ts'), 'qLinearMatMul'),
  QLinearBinary: lazy(() => import('./quantise/q-linear-binary.ts'), 'qLinearBinary'),
  QLinearPRelu: lazy(() => import('./quantise/q-linear-p-relu.ts'), 'qLinearPRelu'),
  QLinearReduce: lazy(() => import('./quantise/q-linear-reduce.ts'), 'qLinearReduce'),
  QLinearAveragePool: lazy(() => import('./quantise/q-linear-average-pool.ts'), 'qLinearAveragePool'),
  QLinearSoftmax: lazy(() => import('./quantise/q-linear-softmax.ts'), 'qLinearSoftmax'),
  QLinearL2Normalization: lazy(() => import('./quantise/q-linear-l2-normalization.ts'), 'qLinearL2Normalization'),
  QLinearResize: lazy(() => import('./quantise/q-linear-resize.ts'), 'qLinearResize'),
  GridSample: lazy(() => import('./sample/grid-sample.ts'), 'gridSample'),
  BoxDecode: lazy(() => import('./detect/box-decode.ts'), 'boxDecode'),
  If: lazy(() => import('./control/if.ts'), 'ifElse'),
} satisfies { readonly [K in Exclude<OpKind, keyof typeof COMMON_OPS>]: Row<OpDefinition<K>> };
