/**
 * Every operator's way to the GPU, in one exhaustive table. What few compiled classifiers still have is lazy; Vite puts the
 * lazy rows of a family into one file.
 */
import type { DeviceProfile } from '../core/limits.ts';
import { getRow, Lazy, lazy, loadRow, type Row } from '../core/on-demand.ts';
import type { Graph } from '../ir/graph.ts';
import type { Node, OpKind } from '../ir/ops.ts';
import type { KernelDefinition } from './definition.ts';
import { conv } from './conv/conv.ts';
import { maxPool } from './pool/max-pool.ts';
import { averagePool } from './pool/average-pool.ts';
import { globalAveragePool } from './pool/global-average-pool.ts';
import { globalMaxPool } from './pool/global-max-pool.ts';
import { gemm } from './product/gemm.ts';
import { matMul } from './product/mat-mul.ts';
import { activation } from './elementwise/activation.ts';
import { softmax } from './normalise/softmax.ts';
import { reshape } from './shape/reshape.ts';
import { flatten } from './shape/flatten.ts';
import { squeeze } from './shape/squeeze.ts';
import { unsqueeze } from './shape/unsqueeze.ts';
import { identity } from './shape/identity.ts';
import { range } from './shape/range.ts';
import { shape } from './shape/shape.ts';
import { channelShuffle } from './move/channel-shuffle.ts';
import { transpose } from './move/transpose.ts';
import { concat } from './move/concat.ts';
import { split } from './move/split.ts';
import { slice } from './move/slice.ts';
import { own } from '../util/own.ts';

/** The kernels. */
export const KERNELS = {
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
  Binary: lazy(() => import('./elementwise/binary.ts'), 'binary'),
  PRelu: lazy(() => import('./elementwise/p-relu.ts'), 'pRelu'),
  Unary: lazy(() => import('./elementwise/unary.ts'), 'unary'),
  Where: lazy(() => import('./elementwise/where.ts'), 'where'),
  Cast: lazy(() => import('./elementwise/cast.ts'), 'cast'),
  Softmax: softmax,
  BatchNormalization: lazy(() => import('./normalise/batch-normalization.ts'), 'batchNormalization'),
  LRN: lazy(() => import('./normalise/lrn.ts'), 'lrn'),
  Reduce: lazy(() => import('./reduce/reduce.ts'), 'reduce'),
  ArgReduce: lazy(() => import('./reduce/arg-reduce.ts'), 'argReduce'),
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Identity: identity,
  ConstantOfShape: lazy(() => import('./shape/constant-of-shape.ts'), 'constantOfShape'),
  Range: range,
  Shape: shape,
  ChannelShuffle: channelShuffle,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: lazy(() => import('./move/pad.ts'), 'pad'),
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
  If: lazy(() => import('./control/if.ts'), 'ifKernels'),
} satisfies { readonly [K in OpKind]: Row<KernelDefinition<K>> };

function rowOf(op: OpKind): Row<KernelDefinition<OpKind>> {
  return KERNELS[op];
}

/** To be awaited before a compiled graph is planned for a device. Rejects with LoadError when something cannot be fetched. */
export async function loadKernels({ nodes, values }: Graph, device?: DeviceProfile): Promise<void> {
  await Promise.all(nodes.map((node) => loadFor(node, values, device)));
}

/** Loads the row of a node's operator, and the parts of it that this node needs. */
async function loadFor(node: Node, values: Graph['values'], device?: DeviceProfile): Promise<void> {
  const kernels = await loadRow(rowOf(node.op));
  if (kernels.kind !== 'dispatch' || !kernels.parts) return;
  const inputs = node.inputs.map((name) => values.get(name));
  await Promise.all(kernels.parts.map((part) => part.needs(node, inputs, device) && part.load()));
}

/** The kernels of an operator, seen apart from which operator it is. Throws LoadError when `loadKernels` was not called with it. */
export function kernelsOf(op: OpKind): KernelDefinition<OpKind> {
  return getRow(rowOf(op));
}

/** Names of the variants of an operator, in the order of its list; empty for what is no operator, or was not loaded. */
export function variantNames(op: string): readonly string[] {
  const rows: Readonly<Record<string, Row<KernelDefinition<OpKind>>>> = KERNELS;
  const row = own(rows, op);
  const definition = row instanceof Lazy ? row.peek() : row;
  return definition?.kind === 'dispatch' ? definition.variants.map(({ name }) => name) : [];
}
