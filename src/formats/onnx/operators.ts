/** The ONNX operators that common networks have, family by family. The others are in a table of their own. */
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

/** Rows by operator name; those of other domains than ONNX's own have none. */
export const ONNX_OPERATORS: Translations<OnnxNode> = {
  common: {
    ...CONV,
    ...POOL,
    ...PRODUCT,
    ...ACTIVATIONS,
    ...ARITHMETIC,
    ...NORMALISE,
    ...REDUCE,
    ...SHAPE,
    ...MOVE,
    ...GATHER,
  },
  further: lazy(() => import('./further-operators.ts'), 'FURTHER_ONNX_OPERATORS'),
};
