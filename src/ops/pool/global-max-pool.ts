/** GlobalMaxPool: the largest element of each channel of each image; NaN wins. */
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { inferGlobalPool, wholeMap } from './global-pool.ts';

/** x `[N, …S, C]` to `[N, 1…, C]`, floats only. Throws ShapeError on an empty map. */
export const globalMaxPool: OpDefinition<'GlobalMaxPool'> = {
  infer: (_node, inputs) => inferGlobalPool(inputs, 'GlobalMaxPool'),
  reference: lazy(() => import('./global-pool-loop.ts'), 'globalMaxPoolReference'),
  sees: (_node, inputs) => wholeMap(inputs),
};
