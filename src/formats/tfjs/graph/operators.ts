/**
 * The TensorFlow operators that graph models may use, family by family. Const and Placeholder have no row: they become
 * initializers and graph inputs. What few networks have is loaded when a model has it.
 */
import { lazy } from '../../../core/on-demand.ts';
import type { Translations } from '../../lib/translate.ts';
import type { NodeContext } from './context.ts';
import { CONV } from './ops/conv.ts';
import { ELEMENTWISE } from './ops/elementwise/elementwise.ts';
import { GATHER } from './ops/index/gather.ts';
import { MOVE } from './ops/move/move.ts';
import { NORMALISE } from './ops/normalise/normalise.ts';
import { POOL } from './ops/pool.ts';
import { PRODUCT } from './ops/product.ts';
import { REDUCE } from './ops/reduce/reduce.ts';
import { SHAPE } from './ops/shape/shape.ts';

const reduce = () => import('./ops/reduce/further.ts');
const shape = () => import('./ops/shape/further.ts');
const move = () => import('./ops/move/further.ts');
const slices = () => import('./ops/move/slice.ts');
const blocks = () => import('./ops/move/blocks.ts');
const index = () => import('./ops/index/further.ts');
const sample = () => import('./ops/sample.ts');

/** Rows by operator name. */
export const TENSORFLOW_OPERATORS: Translations<NodeContext> = {
  ...CONV,
  ...POOL,
  ...PRODUCT,
  ...ELEMENTWISE,
  DivNoNan: lazy(() => import('./ops/elementwise/div-no-nan.ts'), 'divideNoNan'),
  ...NORMALISE,
  LRN: lazy(() => import('./ops/normalise/lrn.ts'), 'lrn'),
  ...REDUCE,
  All: lazy(reduce, 'all'),
  Any: lazy(reduce, 'any'),
  ArgMax: lazy(reduce, 'argMax'),
  ArgMin: lazy(reduce, 'argMin'),
  ...SHAPE,
  Range: lazy(shape, 'range'),
  Fill: lazy(shape, 'fill'),
  Size: lazy(shape, 'size'),
  Rank: lazy(shape, 'rank'),
  ZerosLike: lazy(shape, 'zerosLike'),
  OnesLike: lazy(shape, 'onesLike'),
  ...MOVE,
  MirrorPad: lazy(move, 'mirrorPad'),
  Tile: lazy(move, 'tile'),
  BroadcastTo: lazy(move, 'broadcastTo'),
  Pack: lazy(move, 'pack'),
  Unpack: lazy(move, 'unpack'),
  Split: lazy(move, 'split'),
  SplitV: lazy(move, 'splitV'),
  Slice: lazy(slices, 'slice'),
  StridedSlice: lazy(slices, 'stridedSlice'),
  SpaceToBatchND: lazy(blocks, 'spaceToBatch'),
  BatchToSpaceND: lazy(blocks, 'batchToSpace'),
  DepthToSpace: lazy(blocks, 'depthToSpace'),
  ...GATHER,
  TopKV2: lazy(index, 'topK'),
  GatherNd: lazy(index, 'gatherNd'),
  OneHot: lazy(index, 'oneHot'),
  ResizeBilinear: lazy(sample, 'resizeBilinear'),
  ResizeNearestNeighbor: lazy(sample, 'resizeNearestNeighbor'),
};
