/** Translations of operators that compute with quantised integers, by their names behind `quantised`. */
import { Lazy, lazy, loadRow, type Row } from '../../../../core/on-demand.ts';
import type { Rows } from '../../../lib/translate.ts';
import type { OperatorContext, TfliteTranslation } from '../../context.ts';
import { FUNCTIONS as PLAIN_FUNCTIONS } from '../functions.ts';
import { mirrorPad, MOVE, reverse, tile } from '../move.ts';
import { FURTHER_REDUCE } from '../reduce.ts';
import { broadcastTo, expandDims, fill, rank, SHAPE, shapeRow } from '../shape.ts';
import { BINARY } from './binary.ts';
import { BYTE_FUNCTIONS } from './functions.ts';
import { MOVES } from './moves.ts';
import { sameMeaning } from './operands.ts';
import { PRODUCTS } from './products.ts';
import { ROWS } from './rows.ts';

const parts = () => import('../parts.ts');
const index = () => import('../index.ts');
const sample = () => import('../sample.ts');

/** What is the same for any integers, whatever they stand for. */
const INTEGERS: Rows<OperatorContext> = {
  SHAPE: shapeRow,
  RANK: rank,
  CAST: PLAIN_FUNCTIONS.CAST,
  ARG_MAX: FURTHER_REDUCE.ARG_MAX,
  ARG_MIN: FURTHER_REDUCE.ARG_MIN,
};

/** What is the same for any integers that stand for the same: all move elements, or choose between them by order. */
const PLAIN: Rows<OperatorContext> = {
  ...SHAPE,
  TRANSPOSE: MOVE.TRANSPOSE,
  EXPAND_DIMS: expandDims,
  FILL: fill,
  BROADCAST_TO: broadcastTo,
  MIRROR_PAD: mirrorPad,
  REVERSE_V2: reverse,
  TILE: tile,
  MAXIMUM: PLAIN_FUNCTIONS.MAXIMUM,
  MINIMUM: PLAIN_FUNCTIONS.MINIMUM,
  SELECT: PLAIN_FUNCTIONS.SELECT,
  SELECT_V2: PLAIN_FUNCTIONS.SELECT_V2,
  REDUCE_MAX: FURTHER_REDUCE.REDUCE_MAX,
  REDUCE_MIN: FURTHER_REDUCE.REDUCE_MIN,
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

/** The row with operands that stand for the same as the result. */
function checked(name: string, row: Row<TfliteTranslation>): Row<TfliteTranslation> {
  return new Lazy(name, async () => {
    const translation = await loadRow(row);
    return (c) => {
      sameMeaning(c);
      return translation(c);
    };
  });
}

/** Rows of the operator table. */
export const QUANTISED: Rows<OperatorContext> = Object.fromEntries([
  ...Object.entries(PLAIN).map(([name, row]) => [`quantised ${name}`, checked(name, row)]),
  ...Object.entries({ ...INTEGERS, ...OWN }).map(([name, row]) => [`quantised ${name}`, row]),
]);
