/**
 * The TensorFlow operators of graph models that few networks have, family by family. What takes more than a line is loaded
 * when a model has it.
 */
import { lazy } from '../../../core/on-demand.ts';
import type { Rows } from '../../lib/translate.ts';
import type { NodeContext } from './context.ts';
import { FUNCTIONS } from './ops/elementwise/functions.ts';
import { reduction } from './ops/reduce/reduce.ts';

const reduce = () => import('./ops/reduce/further.ts');
const shape = () => import('./ops/shape/further.ts');
const move = () => import('./ops/move/further.ts');
const slices = () => import('./ops/move/slice.ts');
const blocks = () => import('./ops/move/blocks.ts');
const index = () => import('./ops/index/further.ts');
const volumes = () => import('./ops/volumes.ts');
const detect = () => import('./ops/detect.ts');
const sample = () => import('./ops/sample.ts');

/** Rows by operator name. */
export const FURTHER_TENSORFLOW_OPERATORS: Rows<NodeContext> = {
  ...FUNCTIONS,
  Conv2DBackpropInput: lazy(() => import('./ops/conv-transpose.ts'), 'convTransposed'),
  Conv3D: lazy(volumes, 'conv3d'),
  MaxPool3D: lazy(volumes, 'maxPool3d'),
  AvgPool3D: lazy(volumes, 'avgPool3d'),
  If: lazy(() => import('./ops/if.ts'), 'ifOf'),
  Where: lazy(index, 'where'),
  SparseToDense: lazy(index, 'sparseToDense'),
  NonMaxSuppressionV2: lazy(detect, 'nonMaxSuppressionV2'),
  NonMaxSuppressionV3: lazy(detect, 'nonMaxSuppressionV3'),
  NonMaxSuppressionV4: lazy(detect, 'nonMaxSuppressionV4'),
  NonMaxSuppressionV5: lazy(detect, 'nonMaxSuppressionV5'),
  LRN: lazy(() => import('./ops/normalise/lrn.ts'), 'lrn'),
  Sum: reduction('sum'),
  Max: reduction('max'),
  Min: reduction('min'),
  Prod: reduction('prod'),
  EuclideanNorm: reduction('l2'),
  All: lazy(reduce, 'all'),
  Any: lazy(reduce, 'any'),
  ArgMax: lazy(reduce, 'argMax'),
  ArgMin: lazy(reduce, 'argMin'),
  Cumsum: lazy(reduce, 'cumsum'),
  Range: lazy(shape, 'range'),
  Fill: lazy(shape, 'fill'),
  Size: lazy(shape, 'size'),
  Rank: lazy(shape, 'rank'),
  ZerosLike: lazy(shape, 'zerosLike'),
  OnesLike: lazy(shape, 'onesLike'),
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
  Gather: lazy(index, 'gather'),
  GatherV2: lazy(index, 'gather'),
  ResourceGather: lazy(index, 'gather'),
  TopKV2: lazy(index, 'topK'),
  GatherNd: lazy(index, 'gatherNd'),
  OneHot: lazy(index, 'oneHot'),
  CropAndResize: lazy(sample, 'cropAndResize'),
  ResizeBilinear: lazy(sample, 'resizeBilinear'),
  ResizeNearestNeighbor: lazy(sample, 'resizeNearestNeighbor'),
};
