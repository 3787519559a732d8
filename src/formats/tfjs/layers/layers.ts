/** The Keras layer classes of layers models that common networks have. The others are in a table of their own. */
import { lazy } from '../../../core/on-demand.ts';
import type { Translations } from '../../lib/translate.ts';
import type { LayerContext } from './context.ts';
import { POINTWISE } from './pointwise.ts';
import { SPATIAL } from './spatial.ts';

/** Rows by class name. */
export const LAYERS: Translations<LayerContext> = {
  common: { ...SPATIAL, ...POINTWISE },
  further: lazy(() => import('./further-layers.ts'), 'FURTHER_LAYERS'),
};
