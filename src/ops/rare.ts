/** Operators that few classifiers have: loaded when a graph holds one. */
import type { OpKind } from '../ir/ops.ts';
import type { OpDefinition } from './definition.ts';
import { lrn } from './lrn.ts';
import { resize } from './resize.ts';
import { pRelu } from './p-relu.ts';
import { where } from './where.ts';
import { gatherND } from './gather-nd.ts';
import { tile } from './tile.ts';
import { constantOfShape } from './constant-of-shape.ts';
import { range } from './range.ts';
import { argReduce } from './arg-reduce.ts';
import { topK } from './top-k.ts';

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
