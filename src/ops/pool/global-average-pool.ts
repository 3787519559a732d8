/** GlobalAveragePool: the mean of each channel of each image. */
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { inferGlobalPool, wholeMap } from './global-pool.ts';

/** x `[N, …S, C]` to `[N, 1…, C]`, floats only. Throws ShapeError on an empty map. */
export const globalAveragePool: OpDefinition<'GlobalAveragePool'> = {
  infer: (_node, inputs) => inferGlobalPool(inputs, 'GlobalAveragePool'),
  reference: lazy(() => import('./global-pool-loop.ts'), 'globalAveragePoolReference'),
  sees: (_node, inputs) => wholeMap(inputs),
};
