/** What runs matrix products by subgroups is loaded for devices that have them. */
import { lazy } from '../../core/on-demand.ts';
import type { OpKind } from '../../ir/ops.ts';
import type { LazyPart } from '../definition.ts';
import { hasSubgroups } from './subgroup-tiles.ts';

/** What runs them. */
export const subgroupProducts = lazy(() => import('./subgroup-products.ts'), 'subgroupKernels');

/** Loads it. */
export const subgroupPart: LazyPart<OpKind> = {
  needs: (_, __, device) => hasSubgroups(device),
  load: () => subgroupProducts.load(),
};
