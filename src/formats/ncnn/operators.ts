/** The layers of ncnn that common networks have, family by family. The others are in a table of their own. */
import { lazy } from '../../core/on-demand.ts';
import type { Translations } from '../lib/translate.ts';
import type { NcnnContext } from './context.ts';
import { ACTIVATIONS } from './layers/activation.ts';
import { ARITHMETIC } from './layers/arithmetic.ts';
import { BORDER } from './layers/border.ts';
import { CONV } from './layers/conv.ts';
import { DECONV } from './layers/deconv.ts';
import { INTERP } from './layers/interp.ts';
import { NORMALISE } from './layers/normalise.ts';
import { PASS } from './layers/pass.ts';
import { POOL } from './layers/pool.ts';
import { PRODUCT } from './layers/product.ts';
import { REDUCE } from './layers/reduce.ts';
import { SHAPE } from './layers/shape.ts';

/** Rows by type; `Input` has none, for it is no layer of the graph. */
export const NCNN_LAYERS: Translations<NcnnContext> = {
  common: {
    ...PASS,
    ...CONV,
    ...DECONV,
    ...POOL,
    ...PRODUCT,
    ...ACTIVATIONS,
    ...ARITHMETIC,
    ...NORMALISE,
    ...SHAPE,
    ...BORDER,
    ...INTERP,
    ...REDUCE,
  },
  further: lazy(() => import('./further-layers.ts'), 'FURTHER_NCNN_LAYERS'),
};
