/** Every ONNX operator the importer knows, family by family. What few networks have is loaded when a model has it. */
import { lazy } from '../../core/on-demand.ts';
import type { Translations } from '../lib/translate.ts';
import type { OnnxNode } from './node.ts';
import { CONV } from './ops/conv.ts';
import { ACTIVATIONS } from './ops/elementwise/activations.ts';
import { ARITHMETIC } from './ops/elementwise/arithmetic.ts';
import { GATHER } from './ops/index/gather.ts';
import { MOVE } from './ops/move/move.ts';
import { NORMALISE } from './ops/normalise/common.ts';
import { POOL } from './ops/pool.ts';
import { PRODUCT } from './ops/product.ts';
import { REDUCE } from './ops/reduce/reduce.ts';
import { SHAPE } from './ops/shape/shape.ts';

const elementwise = () => import('./ops/elementwise/further.ts');
const normalise = () => import('./ops/normalise/further.ts');
const reduce = () => import('./ops/reduce/further.ts');
const shape = () => import('./ops/shape/further.ts');
const move = () => import('./ops/move/further.ts');
const index = () => import('./ops/index/further.ts');
const sample = () => import('./ops/sample.ts');

/** Rows by operator name; those of other domains than ONNX's own have none. */
export const ONNX_OPERATORS: Translations<OnnxNode> = {
  ...CONV,
  ...POOL,
  ...PRODUCT,
  ...ACTIVATIONS,
  ...ARITHMETIC,
  Mod: lazy(elementwise, 'mod'),
  ThresholdedRelu: lazy(elementwise, 'thresholdedRelu'),
  Pow: lazy(elementwise, 'pow'),
  Cast: lazy(elementwise, 'cast'),
  CastLike: lazy(elementwise, 'castLike'),
  ...NORMALISE,
  LayerNormalization: lazy(normalise, 'layerNormalization'),
  InstanceNormalization: lazy(normalise, 'instanceNormalization'),
  LpNormalization: lazy(normalise, 'lpNormalization'),
  LRN: lazy(normalise, 'lrn'),
  ...REDUCE,
  ReduceLogSum: lazy(reduce, 'reduceLogSum'),
  ArgMax: lazy(reduce, 'argMax'),
  ArgMin: lazy(reduce, 'argMin'),
  ...SHAPE,
  ConstantOfShape: lazy(shape, 'constantOfShape'),
  Range: lazy(shape, 'range'),
  Size: lazy(shape, 'size'),
  ...MOVE,
  Tile: lazy(move, 'tile'),
  DepthToSpace: lazy(move, 'depthToSpaceOp'),
  SpaceToDepth: lazy(move, 'spaceToDepthOp'),
  ...GATHER,
  NonZero: lazy(index, 'nonZero'),
  Compress: lazy(index, 'compress'),
  TopK: lazy(index, 'topK'),
  GatherND: lazy(index, 'gatherND'),
  Upsample: lazy(sample, 'upsample'),
  Resize: lazy(sample, 'resize'),
};
