/** Every operator's semantics. Exhaustive: a missing row is a type error. */
import type { OpKind } from '../ir/ops.ts';
import { activation } from './activation.ts';
import type { OpDefinition } from './definition.ts';
import { argReduce } from './arg-reduce.ts';
import { binary } from './binary.ts';
import { cast } from './cast.ts';
import { concat } from './concat.ts';
import { constantOfShape } from './constant-of-shape.ts';
import { expand } from './expand.ts';
import { flatten } from './flatten.ts';
import { gather } from './gather.ts';
import { gatherND } from './gather-nd.ts';
import { identity } from './identity.ts';
import { pad } from './pad.ts';
import { range } from './range.ts';
import { reduce } from './reduce.ts';
import { reshape } from './reshape.ts';
import { shape } from './shape.ts';
import { slice } from './slice.ts';
import { split } from './split.ts';
import { squeeze } from './squeeze.ts';
import { tile } from './tile.ts';
import { topK } from './top-k.ts';
import { transpose } from './transpose.ts';
import { unary } from './unary.ts';
import { unsqueeze } from './unsqueeze.ts';
import { where } from './where.ts';
import { conv } from './conv.ts';
import { maxPool } from './max-pool.ts';
import { averagePool } from './average-pool.ts';
import { globalAveragePool } from './global-average-pool.ts';
import { globalMaxPool } from './global-max-pool.ts';
import { gemm } from './gemm.ts';
import { matMul } from './mat-mul.ts';
import { batchNormalization } from './batch-normalization.ts';
import { lrn } from './lrn.ts';
import { softmax } from './softmax.ts';
import { resize } from './resize.ts';
import { pRelu } from './p-relu.ts';
import { channelShuffle } from './channel-shuffle.ts';

export const OPS: { readonly [K in OpKind]: OpDefinition<K> } = {
  Conv: conv,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  Gemm: gemm,
  MatMul: matMul,
  BatchNormalization: batchNormalization,
  LRN: lrn,
  Softmax: softmax,
  Resize: resize,
  PRelu: pRelu,
  ChannelShuffle: channelShuffle,
  Activation: activation,
  Unary: unary,
  Binary: binary,
  Where: where,
  Cast: cast,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Identity: identity,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Gather: gather,
  GatherND: gatherND,
  Expand: expand,
  Tile: tile,
  Shape: shape,
  ConstantOfShape: constantOfShape,
  Range: range,
  Reduce: reduce,
  ArgReduce: argReduce,
  TopK: topK,
};

/** The row of an operator whose name is known only at run time. */
export function definitionOf(op: OpKind): OpDefinition<OpKind> {
  return OPS[op];
}
