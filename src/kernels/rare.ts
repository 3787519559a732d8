/** Ways to the GPU of operators that few classifiers still have once they are compiled: loaded when a graph holds one. */
import type { OpKind } from '../ir/ops.ts';
import type { KernelDefinition } from './definition.ts';
import { batchNormalization } from './batch-normalization.ts';
import { lrn } from './lrn.ts';
import { resize } from './resize.ts';
import { pRelu } from './p-relu.ts';
import { unary } from './unary.ts';
import { where } from './where.ts';
import { binary } from './binary.ts';
import { reduce } from './reduce.ts';
import { pad } from './pad.ts';
import { cast } from './cast.ts';
import { gather } from './gather.ts';
import { gatherND } from './gather-nd.ts';
import { expand } from './expand.ts';
import { tile } from './tile.ts';
import { constantOfShape } from './constant-of-shape.ts';
import { range } from './range.ts';
import { argReduce } from './arg-reduce.ts';
import { topK } from './top-k.ts';

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
