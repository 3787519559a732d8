/** Ways to the GPU of operators that few classifiers still have once they are compiled: loaded when a graph holds one. */
import type { OpKind } from '../ir/ops.ts';
import type { KernelDefinition } from './definition.ts';
import { batchNormalization } from './normalise/batch-normalization.ts';
import { lrn } from './normalise/lrn.ts';
import { resize } from './sample/resize.ts';
import { pRelu } from './elementwise/p-relu.ts';
import { unary } from './elementwise/unary.ts';
import { where } from './elementwise/where.ts';
import { binary } from './elementwise/binary.ts';
import { reduce } from './reduce/reduce.ts';
import { pad } from './move/pad.ts';
import { cast } from './elementwise/cast.ts';
import { gather } from './index/gather.ts';
import { gatherND } from './index/gather-nd.ts';
import { expand } from './move/expand.ts';
import { tile } from './move/tile.ts';
import { constantOfShape } from './shape/constant-of-shape.ts';
import { range } from './shape/range.ts';
import { argReduce } from './reduce/arg-reduce.ts';
import { topK } from './index/top-k.ts';

/** Rows of the registry that are not in `CORE_KERNELS`. */
export const RARE_KERNELS = {
  Pad: pad,
  Reduce: reduce,
  Binary: binary,
  BatchNormalization: batchNormalization,
  LRN: lrn,
  Resize: resize,
  PRelu: pRelu,
  Unary: unary,
  Where: where,
  Cast: cast,
  Gather: gather,
  GatherND: gatherND,
  Expand: expand,
  Tile: tile,
  ConstantOfShape: constantOfShape,
  Range: range,
  ArgReduce: argReduce,
  TopK: topK,
} satisfies { readonly [K in OpKind]?: KernelDefinition<K> };

export type RareKernels = typeof RARE_KERNELS;
