/**
 * Every operator's semantics, in one exhaustive table. What few classifiers have is lazy; Vite puts the lazy rows of a family
 * into one file.
 */
import { getRow, lazy, loadRow, type Row } from '../core/on-demand.ts';
import { zeros, type Tensor, type TensorDesc } from '../core/tensor.ts';
import type { Node, OpKind } from '../ir/ops.ts';
import type { OpDefinition, Reference } from './definition.ts';
import { conv } from './conv/conv.ts';
import { maxPool } from './pool/max-pool.ts';
import { averagePool } from './pool/average-pool.ts';
import { globalAveragePool } from './pool/global-average-pool.ts';
import { globalMaxPool } from './pool/global-max-pool.ts';
import { gemm } from './product/gemm.ts';
import { matMul } from './product/mat-mul.ts';
import { activation } from './elementwise/activation.ts';
import { binary } from './elementwise/binary.ts';
import { batchNormalization } from './normalise/batch-normalization.ts';
import { softmax } from './normalise/softmax.ts';
import { reshape } from './shape/reshape.ts';
import { flatten } from './shape/flatten.ts';
import { squeeze } from './shape/squeeze.ts';
import { unsqueeze } from './shape/unsqueeze.ts';
import { identity } from './shape/identity.ts';
import { reduce } from './reduce/reduce.ts';
import { shape } from './shape/shape.ts';
import { channelShuffle } from './move/channel-shuffle.ts';
import { transpose } from './move/transpose.ts';
import { concat } from './move/concat.ts';
import { slice } from './move/slice.ts';
import { pad } from './move/pad.ts';

/**
 * The operators. Passes may add those that are there from the start to any graph, and no others; of constants they add those
 * whose references are: see test/passes/added.test.ts.
 */
export const OPS = {
  Conv: conv,
  ConvTranspose: lazy(() => import('./conv/conv-transpose.ts'), 'convTranspose'),
  MaxPool: maxPool,
  AveragePool: averagePool,
  LpPool: lazy(() => import('./pool/lp-pool.ts'), 'lpPool'),
  ArgMaxPool: lazy(() => import('./pool/arg-max-pool.ts'), 'argMaxPool'),
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  Gemm: gemm,
  MatMul: matMul,
  Activation: activation,
  Binary: binary,
  Cast: lazy(() => import('./elementwise/cast.ts'), 'cast'),
  Unary: lazy(() => import('./elementwise/unary.ts'), 'unary'),
  PRelu: lazy(() => import('./elementwise/p-relu.ts'), 'pRelu'),
  Where: lazy(() => import('./elementwise/where.ts'), 'where'),
  BatchNormalization: batchNormalization,
  Softmax: softmax,
  LRN: lazy(() => import('./normalise/lrn.ts'), 'lrn'),
  Reduce: reduce,
  ArgReduce: lazy(() => import('./reduce/arg-reduce.ts'), 'argReduce'),
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Identity: identity,
  Shape: shape,
  ConstantOfShape: lazy(() => import('./shape/constant-of-shape.ts'), 'constantOfShape'),
  Range: lazy(() => import('./shape/range.ts'), 'range'),
  ChannelShuffle: channelShuffle,
  Transpose: transpose,
  Concat: concat,
  Split: lazy(() => import('./move/split.ts'), 'split'),
  Slice: slice,
  Pad: pad,
  Expand: lazy(() => import('./move/expand.ts'), 'expand'),
  Tile: lazy(() => import('./move/tile.ts'), 'tile'),
  Gather: lazy(() => import('./index/gather.ts'), 'gather'),
  GatherND: lazy(() => import('./index/gather-nd.ts'), 'gatherND'),
  NonZero: lazy(() => import('./index/non-zero.ts'), 'nonZero'),
  Compress: lazy(() => import('./index/compress.ts'), 'compress'),
  TopK: lazy(() => import('./index/top-k.ts'), 'topK'),
  Resize: lazy(() => import('./sample/resize.ts'), 'resize'),
  QuantizeLinear: lazy(() => import('./quantise/quantize-linear.ts'), 'quantizeLinear'),
  DequantizeLinear: lazy(() => import('./quantise/dequantize-linear.ts'), 'dequantizeLinear'),
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
  If: lazy(() => import('./control/if.ts'), 'ifElse'),
} satisfies { readonly [K in OpKind]: Row<OpDefinition<K>> };

function rowOf(op: OpKind): Row<OpDefinition<OpKind>> {
  return OPS[op];
}

/** To be awaited before a graph of these operators is compiled. Rejects with LoadError when one cannot be fetched. */
export async function loadOps(ops: Iterable<OpKind>): Promise<void> {
  await Promise.all(Array.from(ops, (op) => loadRow(rowOf(op))));
}

/** To be awaited before nodes of these operators are evaluated. Rejects with LoadError when one cannot be fetched. */
export async function loadReferences(ops: Iterable<OpKind>): Promise<void> {
  await Promise.all(Array.from(ops, async (op) => loadRow((await loadRow(rowOf(op))).reference)));
}

/** The row of an operator whose name is known only at run time. Throws LoadError when `loadOps` was not called with it. */
export function definitionOf(op: OpKind): OpDefinition<OpKind> {
  return getRow(rowOf(op));
}

/** The reference of such an operator. Throws LoadError when `loadReferences` was not called with it. */
export function referenceOf(op: OpKind): Reference<OpKind> {
  return getRow(definitionOf(op).reference);
}

/**
 * A node's results on tensors, by its operator's reference. Where they have no elements there is nothing to compute, however
 * long an axis beside an empty one is. Throws as the reference does, and LoadError when `loadReferences` was not called.
 */
export function runReference(
  node: Node,
  inputs: readonly (Tensor | undefined)[],
  outputs: readonly TensorDesc[],
): readonly Tensor[] {
  const reference = referenceOf(node.op);
  if (outputs.every(({ shape }) => shape.includes(0))) return outputs.map(({ dtype, shape }) => zeros(dtype, shape));
  return reference(node, inputs, outputs);
}
