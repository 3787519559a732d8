/** Translations of operators that compute with quantised integers, by their names behind `quantised`. */
import { lazy } from '../../../../core/on-demand.ts';
import type { Rows } from '../../../lib/translate.ts';
import type { OperatorContext } from '../../context.ts';
import { FUNCTIONS as PLAIN_FUNCTIONS } from '../functions.ts';
import { mirrorPad, MOVE, reverse, tile } from '../move.ts';
import { FURTHER_REDUCE } from '../reduce.ts';
import { broadcastTo, expandDims, fill, rank, SHAPE, shapeRow } from '../shape.ts';
import { BINARY } from './binary.ts';
import { BYTE_FUNCTIONS } from './functions.ts';
import { MOVES } from './moves.ts';
import { PRODUCTS } from './products.ts';
import { ROWS } from './rows.ts';

const parts = () => import('../parts.ts');
const index = () => import('../index.ts');
const sample = () => import('../sample.ts');

/** What is the same for any integers: all move elements, or choose between them by order. */
const PLAIN: Rows<OperatorContext> = {
  ...SHAPE,
  TRANSPOSE: MOVE.TRANSPOSE,
  EXPAND_DIMS: expandDims,
  SHAPE: shapeRow,
  RANK: rank,
  FILL: fill,
  BROADCAST_TO: broadcastTo,
  MIRROR_PAD: mirrorPad,
  REVERSE_V2: reverse,
  TILE: tile,
  MAXIMUM: PLAIN_FUNCTIONS.MAXIMUM,
  MINIMUM: PLAIN_FUNCTIONS.MINIMUM,
  SELECT: PLAIN_FUNCTIONS.SELECT,
  SELECT_V2: PLAIN_FUNCTIONS.SELECT_V2,
  CAST: PLAIN_FUNCTIONS.CAST,
  REDUCE_MAX: FURTHER_REDUCE.REDUCE_MAX,
  REDUCE_MIN: FURTHER_REDUCE.REDUCE_MIN,
  ARG_MAX: FURTHER_REDUCE.ARG_MAX,
  ARG_MIN: FURTHER_REDUCE.ARG_MIN,
  PACK: lazy(parts, 'pack'),
  UNPACK: lazy(parts, 'unpack'),
  SPLIT: lazy(parts, 'split'),
  SPLIT_V: lazy(parts, 'splitV'),
  SLICE: lazy(parts, 'slice'),
  STRIDED_SLICE: lazy(parts, 'stridedSlice'),
  BATCH_TO_SPACE_ND: lazy(parts, 'batchToSpace'),
  DEPTH_TO_SPACE: lazy(parts, 'depthToSpace'),
  SPACE_TO_DEPTH: lazy(parts, 'spaceToDepth'),
  GATHER: lazy(index, 'gather'),
  GATHER_ND: lazy(index, 'gatherNd'),
  TOPK_V2: lazy(index, 'topK'),
  ONE_HOT: lazy(index, 'oneHot'),
  RESIZE_NEAREST_NEIGHBOR: lazy(sample, 'resizeNearestNeighbor'),
};

const OWN: Rows<OperatorContext> = {
  ...BINARY,
  ...BYTE_FUNCTIONS,
  ...ROWS,
  ...PRODUCTS,
  ...MOVES,
};

/** Rows of the operator table. */
export const QUANTISED: Rows<OperatorContext> = Object.fromEntries(
  Object.entries({ ...PLAIN, ...OWN }).map(([name, row]) => [`quantised ${name}`, row]),
);
