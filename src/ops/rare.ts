/** Operators that few classifiers have: loaded when a graph holds one. */
import type { OpKind } from '../ir/ops.ts';
import type { OpDefinition } from './definition.ts';
import { lrn } from './normalise/lrn.ts';
import { resize } from './sample/resize.ts';
import { pRelu } from './elementwise/p-relu.ts';
import { where } from './elementwise/where.ts';
import { gatherND } from './index/gather-nd.ts';
import { tile } from './move/tile.ts';
import { constantOfShape } from './shape/constant-of-shape.ts';
import { range } from './shape/range.ts';
import { argReduce } from './reduce/arg-reduce.ts';
import { topK } from './index/top-k.ts';

/** Rows of the registry that are not in `CORE_OPS`. */
export const RARE_OPS = {
  LRN: lrn,
  Resize: resize,
  PRelu: pRelu,
  Where: where,
  GatherND: gatherND,
  Tile: tile,
  ConstantOfShape: constantOfShape,
  Range: range,
  ArgReduce: argReduce,
  TopK: topK,
} satisfies { readonly [K in OpKind]?: OpDefinition<K> };

export type RareOps = typeof RARE_OPS;
