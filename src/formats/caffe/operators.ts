/** Caffe's layers that common networks have, family by family. The others are in a table of their own. */
import { lazy } from '../../core/on-demand.ts';
import type { Translations } from '../lib/translate.ts';
import type { CaffeContext } from './context.ts';
import { CONV } from './layers/conv.ts';
import { FUNCTIONS } from './layers/functions.ts';
import { JOIN } from './layers/join.ts';
import { NORMALISE } from './layers/normalise.ts';
import { POOL } from './layers/pool.ts';
import { PRODUCT } from './layers/product.ts';
import { SHAPE } from './layers/shape.ts';

/** Rows by type. */
export const CAFFE_LAYERS: Translations<CaffeContext> = {
  common: { ...CONV, ...POOL, ...PRODUCT, ...FUNCTIONS, ...NORMALISE, ...JOIN, ...SHAPE },
  further: lazy(() => import('./further-layers.ts'), 'FURTHER_CAFFE_LAYERS'),
};
