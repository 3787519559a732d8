/** GlobalAveragePool: the mean of each channel of each image. */
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { inferGlobalPool } from './global-pool.ts';

export const globalAveragePool: OpDefinition<'GlobalAveragePool'> = {
  infer: (_node, inputs) => inferGlobalPool(inputs, 'GlobalAveragePool'),
  reference: lazy(() => import('./global-pool-loop.ts'), 'globalAveragePoolReference'),
};
