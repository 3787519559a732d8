/** The operators of TensorFlow Lite that few networks have. What takes more than a line is loaded when a model has it. */
import { lazy } from '../../core/on-demand.ts';
import type { Rows } from '../lib/translate.ts';
import type { OperatorContext } from './context.ts';
import { densify } from './ops/constant.ts';
import { FUNCTIONS } from './ops/functions.ts';
import { mirrorPad, reverse, tile } from './ops/move.ts';
import { l2Normalization, localResponseNormalization, logSoftmax } from './ops/normalise.ts';
import { l2Pool } from './ops/pool.ts';
import { batchMatMul } from './ops/product.ts';
import { QUANTISED } from './ops/quantised/index.ts';
import { FURTHER_REDUCE } from './ops/reduce.ts';
import { broadcastTo, expandDims, fill, range, rank, shapeRow, zerosLike } from './ops/shape.ts';

const conv = () => import('./ops/conv-further.ts');
const parts = () => import('./ops/parts.ts');
const index = () => import('./ops/index.ts');
const detect = () => import('./ops/detect.ts');
const sample = () => import('./ops/sample.ts');
const landmarks = () => import('./ops/landmarks.ts');

/** Rows by operator name. */
export const FURTHER_TFLITE_OPERATORS: Rows<OperatorContext> = {
  ...FUNCTIONS,
  ...FURTHER_REDUCE,
  ...QUANTISED,
  TRANSPOSE_CONV: lazy(conv, 'transposeConv'),
  'custom Convolution2DTransposeBias': lazy(conv, 'convTransposeBias'),
  CONV_3D: lazy(conv, 'conv3d'),
  L2_POOL_2D: l2Pool,
  BATCH_MATMUL: batchMatMul,
  LOG_SOFTMAX: logSoftmax,
  L2_NORMALIZATION: l2Normalization,
  LOCAL_RESPONSE_NORMALIZATION: localResponseNormalization,
  EXPAND_DIMS: expandDims,
  SHAPE: shapeRow,
  RANK: rank,
  FILL: fill,
  ZEROS_LIKE: zerosLike,
  RANGE: range,
  BROADCAST_TO: broadcastTo,
  MIRROR_PAD: mirrorPad,
  REVERSE_V2: reverse,
  TILE: tile,
  CUMSUM: lazy(() => import('./ops/cumsum.ts'), 'cumsum'),
  PACK: lazy(parts, 'pack'),
  UNPACK: lazy(parts, 'unpack'),
  SPLIT: lazy(parts, 'split'),
  SPLIT_V: lazy(parts, 'splitV'),
  SLICE: lazy(parts, 'slice'),
  STRIDED_SLICE: lazy(parts, 'stridedSlice'),
  SPACE_TO_BATCH_ND: lazy(parts, 'spaceToBatch'),
  BATCH_TO_SPACE_ND: lazy(parts, 'batchToSpace'),
  DEPTH_TO_SPACE: lazy(parts, 'depthToSpace'),
  SPACE_TO_DEPTH: lazy(parts, 'spaceToDepth'),
  GATHER: lazy(index, 'gather'),
  GATHER_ND: lazy(index, 'gatherNd'),
  TOPK_V2: lazy(index, 'topK'),
  ONE_HOT: lazy(index, 'oneHot'),
  WHERE: lazy(index, 'where'),
  RESIZE_BILINEAR: lazy(sample, 'resizeBilinear'),
  RESIZE_NEAREST_NEIGHBOR: lazy(sample, 'resizeNearestNeighbor'),
  NON_MAX_SUPPRESSION_V4: lazy(detect, 'nonMaxSuppressionV4'),
  NON_MAX_SUPPRESSION_V5: lazy(detect, 'nonMaxSuppressionV5'),
  'custom TFLite_Detection_PostProcess': lazy(() => import('./ops/detections.ts'), 'detectionPostProcess'),
  'custom Landmarks2TransformMatrix': lazy(landmarks, 'landmarksToTransformMatrix'),
  'custom TransformTensorBilinear': lazy(landmarks, 'transformTensorBilinear'),
  'custom TransformLandmarks': lazy(landmarks, 'transformLandmarks'),
  DENSIFY: densify,
};
