/** The operators of TensorFlow Lite that common networks have, family by family. The others are in a table of their own. */
import { lazy } from '../../core/on-demand.ts';
import type { Translations } from '../lib/translate.ts';
import type { OperatorContext } from './context.ts';
import { dequantize } from './ops/constant.ts';
import { CONV } from './ops/conv.ts';
import { ELEMENTWISE } from './ops/elementwise.ts';
import { MOVE } from './ops/move.ts';
import { NORMALISE } from './ops/normalise.ts';
import { POOL } from './ops/pool.ts';
import { PRODUCT } from './ops/product.ts';
import { REDUCE } from './ops/reduce.ts';
import { SHAPE } from './ops/shape.ts';

/**
 * Rows by operator name; `custom NAME` are operators that files bring, `quantised NAME` those that compute with quantised
 * integers.
 */
export const TFLITE_OPERATORS: Translations<OperatorContext> = {
  common: {
    ...CONV,
    ...POOL,
    ...PRODUCT,
    ...ELEMENTWISE,
    ...NORMALISE,
    ...REDUCE,
    ...SHAPE,
    ...MOVE,
    DEQUANTIZE: dequantize,
  },
  further: lazy(() => import('./further-operators.ts'), 'FURTHER_TFLITE_OPERATORS'),
};
