/**
 * The TensorFlow operators of graph models that common networks have, family by family; the others are in a table of their
 * own. Const and Placeholder have no row: they become initializers and graph inputs.
 */
import { lazy } from '../../../core/on-demand.ts';
import type { Translations } from '../../lib/translate.ts';
import type { NodeContext } from './context.ts';
import { CONV } from './ops/conv.ts';
import { ELEMENTWISE } from './ops/elementwise/elementwise.ts';
import { MOVE } from './ops/move/move.ts';
import { NORMALISE } from './ops/normalise/normalise.ts';
import { POOL } from './ops/pool.ts';
import { PRODUCT } from './ops/product.ts';
import { REDUCE } from './ops/reduce/reduce.ts';
import { SHAPE } from './ops/shape/shape.ts';

/** Rows by operator name. */
export const TENSORFLOW_OPERATORS: Translations<NodeContext> = {
  common: { ...CONV, ...POOL, ...PRODUCT, ...ELEMENTWISE, ...NORMALISE, ...REDUCE, ...SHAPE, ...MOVE },
  further: lazy(() => import('./further-operators.ts'), 'FURTHER_TENSORFLOW_OPERATORS'),
};
