/** Operators that have WASM kernels: one file an operator, of the same name as in `ops` and `kernels`. All others run through their references. */
import { getRow, lazy, loadRow, type Row } from '../core/on-demand.ts';
import type { Graph } from '../ir/graph.ts';
import type { OpKind } from '../ir/ops.ts';
import { hasSquareWindows, winogradTiles } from './conv/winograd-part.ts';
import type { SimdDefinition } from './definition.ts';

const SIMD: { readonly [K in OpKind]?: Row<SimdDefinition<K>> } = {
  Activation: lazy(() => import('./elementwise/activation.ts'), 'activation'),
  ArgReduce: lazy(() => import('./reduce/arg-reduce.ts'), 'argReduce'),
  AveragePool: lazy(() => import('./pool/average-pool.ts'), 'averagePool'),
  BatchNormalization: lazy(() => import('./normalise/batch-normalization.ts'), 'batchNormalization'),
  Binary: lazy(() => import('./elementwise/binary.ts'), 'binary'),
  Cast: lazy(() => import('./elementwise/cast.ts'), 'cast'),
  ChannelShuffle: lazy(() => import('./move/channel-shuffle.ts'), 'channelShuffle'),
  Concat: lazy(() => import('./move/concat.ts'), 'concat'),
  Conv: lazy(() => import('./conv/conv.ts'), 'conv'),
  ConvTranspose: lazy(() => import('./conv/conv-transpose.ts'), 'convTranspose'),
  GlobalAveragePool: lazy(() => import('./pool/global-average-pool.ts'), 'globalAveragePool'),
  GlobalMaxPool: lazy(() => import('./pool/global-max-pool.ts'), 'globalMaxPool'),
  LpNormalization: lazy(() => import('./normalise/lp-normalization.ts'), 'lpNormalization'),
  LRN: lazy(() => import('./normalise/lrn.ts'), 'lrn'),
  MaxPool: lazy(() => import('./pool/max-pool.ts'), 'maxPool'),
  Resize: lazy(() => import('./sample/resize.ts'), 'resize'),
  Expand: lazy(() => import('./move/expand.ts'), 'expand'),
  Gather: lazy(() => import('./index/gather.ts'), 'gather'),
  PRelu: lazy(() => import('./elementwise/p-relu.ts'), 'pRelu'),
  Pad: lazy(() => import('./move/pad.ts'), 'pad'),
  Reduce: lazy(() => import('./reduce/reduce.ts'), 'reduce'),
  Softmax: lazy(() => import('./normalise/softmax.ts'), 'softmax'),
  Slice: lazy(() => import('./move/slice.ts'), 'slice'),
  Split: lazy(() => import('./move/split.ts'), 'split'),
  Tile: lazy(() => import('./move/tile.ts'), 'tile'),
  Transpose: lazy(() => import('./move/transpose.ts'), 'transpose'),
  Unary: lazy(() => import('./elementwise/unary.ts'), 'unary'),
  Where: lazy(() => import('./elementwise/where.ts'), 'where'),
  Gemm: lazy(() => import('./product/gemm.ts'), 'gemm'),
  MatMul: lazy(() => import('./product/mat-mul.ts'), 'matMul'),
  DequantizeLinear: lazy(() => import('./quantise/dequantize-linear.ts'), 'dequantizeLinear'),
  LookupTable: lazy(() => import('./quantise/lookup-table.ts'), 'lookupTable'),
  QLinearAveragePool: lazy(() => import('./quantise/q-linear-average-pool.ts'), 'qLinearAveragePool'),
  QLinearBinary: lazy(() => import('./quantise/q-linear-binary.ts'), 'qLinearBinary'),
  QLinearConv: lazy(() => import('./quantise/q-linear-conv.ts'), 'qLinearConv'),
  QLinearConvTranspose: lazy(() => import('./quantise/q-linear-conv-transpose.ts'), 'qLinearConvTranspose'),
  QLinearMatMul: lazy(() => import('./quantise/q-linear-mat-mul.ts'), 'qLinearMatMul'),
  QLinearReduce: lazy(() => import('./quantise/q-linear-reduce.ts'), 'qLinearReduce'),
  QLinearSoftmax: lazy(() => import('./quantise/q-linear-softmax.ts'), 'qLinearSoftmax'),
  ConvInteger: lazy(() => import('./quantise/conv-integer.ts'), 'convInteger'),
  MatMulInteger: lazy(() => import('./quantise/mat-mul-integer.ts'), 'matMulInteger'),
  QuantizeLinear: lazy(() => import('./quantise/quantize-linear.ts'), 'quantizeLinear'),
};

/**
 * To be awaited before nodes of these operators are planned; of a graph that is given only what it needs is loaded. Rejects with
 * LoadError when a part cannot be fetched.
 */
export async function loadSimd(ops: Iterable<OpKind>, graph?: Graph): Promise<void> {
  const rows = Array.from(ops, async (op) => {
    const row = SIMD[op];
    if (row) await loadRow<object>(row);
  });
  if (!graph || hasSquareWindows(graph)) await winogradTiles.load();
  await Promise.all(rows);
}

/** How an operator becomes calls; nothing for one that has no kernel. */
export function simdOf(op: OpKind): SimdDefinition<OpKind> | undefined {
  const row = SIMD[op] as Row<SimdDefinition<OpKind>> | undefined;
  return row && getRow(row);
}
