/** GlobalMaxPool: the largest element of each channel of each image; NaN wins. */
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { inferGlobalPool } from './global-pool.ts';

export const globalMaxPool: OpDefinition<'GlobalMaxPool'> = {
  infer: (_node, inputs) => inferGlobalPool(inputs, 'GlobalMaxPool'),
  reference: lazy(() => import('./global-pool-loop.ts'), 'globalMaxPoolReference'),
};
