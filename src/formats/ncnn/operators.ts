/** The layers of ncnn that common networks have, family by family. The others are in a table of their own. */
import { lazy } from '../../core/on-demand.ts';
import type { Translations } from '../lib/translate.ts';
import type { NcnnContext } from './context.ts';
import { ACTIVATIONS } from './layers/activation.ts';
import { CONV } from './layers/conv.ts';
import { PASS } from './layers/pass.ts';
import { PRODUCT } from './layers/product.ts';

/** Rows by type; `Input` has none, for it is no layer of the graph. */
export const NCNN_LAYERS: Translations<NcnnContext> = {
  common: { ...PASS, ...CONV, ...PRODUCT, ...ACTIVATIONS },
  further: lazy(() => import('./further-layers.ts'), 'FURTHER_NCNN_LAYERS'),
};
